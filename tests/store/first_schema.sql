BEGIN TRANSACTION;
CREATE TABLE address (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	channel VARCHAR(30) NOT NULL, 
	value VARCHAR(200) NOT NULL, 
	rank INTEGER NOT NULL, 
	bad BOOLEAN NOT NULL, 
	reason VARCHAR(300) NOT NULL, 
	changed_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT uq_address UNIQUE (person_id, channel, value)
);
INSERT INTO "address" VALUES(1,1,'wecom_app','p1',0,0,'',NULL);
INSERT INTO "address" VALUES(2,1,'mail','p1@example.com',1,0,'',NULL);
INSERT INTO "address" VALUES(3,2,'wecom_app','p2',0,0,'',NULL);
INSERT INTO "address" VALUES(4,2,'mail','p2@example.com',1,0,'',NULL);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	"by" VARCHAR(40) NOT NULL, 
	act VARCHAR(60) NOT NULL, 
	about VARCHAR(120) NOT NULL, 
	"before" JSON NOT NULL, 
	"after" JSON NOT NULL, 
	prev_hash VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,'2018-10-16 01:41:00.000000','admin:cli','robot.resumed','wecom_app','{"paused": true}','{"paused": false}','','e9d3389f9e360caf46200d548c7c59ce8c579cbde829214df9ac9e2b0727f5aa');
CREATE TABLE bulletin (
	id INTEGER NOT NULL, 
	period_id INTEGER NOT NULL, 
	edition INTEGER NOT NULL, 
	as_of DATETIME NOT NULL, 
	figures JSON NOT NULL, 
	text TEXT NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(period_id) REFERENCES period (id), 
	CONSTRAINT uq_bulletin UNIQUE (period_id, edition)
);
CREATE TABLE delivery (
	id INTEGER NOT NULL, 
	message_id INTEGER NOT NULL, 
	robot VARCHAR(120) NOT NULL, 
	attempt INTEGER NOT NULL, 
	part INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	outcome VARCHAR(20) NOT NULL, 
	code VARCHAR(60) NOT NULL, 
	detail VARCHAR(300) NOT NULL, 
	platform_id VARCHAR(120) NOT NULL, 
	prev_hash VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(message_id) REFERENCES message (id)
);
INSERT INTO "delivery" VALUES(1,1,'wecom_app',1,1,'2018-10-16 01:00:00.000000','sent','','','','','3726b6618e9962829de474bd15f61400673b29ca314dd8196fa99d087abdda82');
INSERT INTO "delivery" VALUES(2,2,'wecom_app',1,1,'2018-10-16 01:20:00.000000','sent','','','','3726b6618e9962829de474bd15f61400673b29ca314dd8196fa99d087abdda82','fa6326ff5d6b9d1a2caf1db05c0c6f49be3011fadba1ea7eb1ad258462f98613');
INSERT INTO "delivery" VALUES(3,3,'wecom_app',1,1,'2018-10-16 01:40:00.000000','throttled','45009','too fast','','fa6326ff5d6b9d1a2caf1db05c0c6f49be3011fadba1ea7eb1ad258462f98613','e21217522fddd57f539344f4f578ffd1cd11411dadb142f5ec08f79937f6b28f');
CREATE TABLE event (
	id INTEGER NOT NULL, 
	task_id INTEGER NOT NULL, 
	kind VARCHAR(30) NOT NULL, 
	at DATETIME NOT NULL, 
	"by" VARCHAR(40) NOT NULL, 
	day DATE, 
	counts JSON NOT NULL, 
	note TEXT NOT NULL, 
	undoes INTEGER, 
	inbound_id INTEGER, 
	prev_hash VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(inbound_id) REFERENCES inbound (id), 
	FOREIGN KEY(task_id) REFERENCES task (id), 
	FOREIGN KEY(undoes) REFERENCES event (id)
);
INSERT INTO "event" VALUES(1,3,'reported','2018-10-16 01:20:00.000000','person:1',NULL,'{}','',NULL,1,'','6a79f204711fd6a8ea7234f2228f949367b3cdf76beb2b968dfdb7b0e14f7254');
CREATE TABLE head (
	name VARCHAR(40) NOT NULL, 
	last_id INTEGER NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "head" VALUES('delivery',3,'e21217522fddd57f539344f4f578ffd1cd11411dadb142f5ec08f79937f6b28f');
INSERT INTO "head" VALUES('inbound',2,'0c8bd87a4049626a3ada7d512469f1a10812cf159614fe245e3b3367cc7b444e');
INSERT INTO "head" VALUES('event',1,'6a79f204711fd6a8ea7234f2228f949367b3cdf76beb2b968dfdb7b0e14f7254');
INSERT INTO "head" VALUES('audit',1,'e9d3389f9e360caf46200d548c7c59ce8c579cbde829214df9ac9e2b0727f5aa');
CREATE TABLE holiday (
	day DATE NOT NULL, 
	workday BOOLEAN NOT NULL, 
	name VARCHAR(60) NOT NULL, 
	source VARCHAR(300) NOT NULL, 
	PRIMARY KEY (day)
);
CREATE TABLE inbound (
	id INTEGER NOT NULL, 
	channel VARCHAR(30) NOT NULL, 
	platform_id VARCHAR(160) NOT NULL, 
	sender VARCHAR(200) NOT NULL, 
	chat VARCHAR(200) NOT NULL, 
	answer_to TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	received_at DATETIME NOT NULL, 
	text TEXT NOT NULL, 
	raw BLOB NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	person_id INTEGER, 
	trouble VARCHAR(300) NOT NULL, 
	prev_hash VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT uq_inbound UNIQUE (channel, platform_id)
);
INSERT INTO "inbound" VALUES(1,'wecom_app','in-2','p1','','','2018-10-16 01:20:00.000000','2018-10-16 01:20:00.000000','已报',X'E5B7B2E68AA5','read',1,'','','5d86d7b5021aa28b1eb79bc4df823b476df3f60ffa8c3eee03d9fd00e8b1a09c');
INSERT INTO "inbound" VALUES(2,'wecom_app','in-3','p2','','','2018-10-16 01:30:00.000000','2018-10-16 01:30:00.000000','报了吗',X'E68AA5E4BA86E59097','new',NULL,'','5d86d7b5021aa28b1eb79bc4df823b476df3f60ffa8c3eee03d9fd00e8b1a09c','0c8bd87a4049626a3ada7d512469f1a10812cf159614fe245e3b3367cc7b444e');
CREATE TABLE login_link (
	digest VARCHAR(64) NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	PRIMARY KEY (digest)
);
CREATE TABLE message (
	id INTEGER NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	person_id INTEGER, 
	channel VARCHAR(30) NOT NULL, 
	address TEXT NOT NULL, 
	robot VARCHAR(120) NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	priority INTEGER NOT NULL, 
	not_before DATETIME NOT NULL, 
	dedupe VARCHAR(160) NOT NULL, 
	thread VARCHAR(160) NOT NULL, 
	reason VARCHAR(300) NOT NULL, 
	"view" JSON NOT NULL, 
	rendered JSON, 
	part INTEGER NOT NULL, 
	parts INTEGER NOT NULL, 
	reply_to INTEGER, 
	attempt INTEGER NOT NULL, 
	failures INTEGER NOT NULL, 
	doubts INTEGER NOT NULL, 
	owner VARCHAR(80) NOT NULL, 
	leased_until DATETIME, 
	last_code VARCHAR(60) NOT NULL, 
	last_detail VARCHAR(300) NOT NULL, 
	created_at DATETIME NOT NULL, 
	sent_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(person_id) REFERENCES person (id), 
	FOREIGN KEY(reply_to) REFERENCES inbound (id), 
	UNIQUE (dedupe)
);
INSERT INTO "message" VALUES(1,'reminder',1,'wecom_app','p1','wecom_app','sent',5,'2018-10-16 01:00:00.000000','letter:1','','T-3','{}','{"parts": [{"subject": "\u5df2\u8bb0\u5f55\uff1ax", "body": "\u5df2\u8bb0\u5f55\uff1a\nx\n\u8c22\u8c22\u3002", "html": null, "mentions": []}], "said": [[3, "T-3"]]}',1,1,NULL,1,0,0,'',NULL,'','','2018-10-16 01:00:00.000000','2018-10-16 01:00:00.000000');
INSERT INTO "message" VALUES(2,'confirmation',1,'wecom_app','p1','wecom_app','sent',0,'2018-10-16 01:20:00.000000','answer:1','letter:1','answer to inbound 1','{"lines": ["\u6986\u6811\u5e02 2018\u5e74\u4e09\u5b63\u5ea6 \u672c\u5730\u533a\u57f9\u80b2\u5de5\u4f5c\u5f00\u5c55\u60c5\u51b5 \u2192 \u5df2\u62a5"], "undo": "\u64a4\u56de", "notes": []}','{"parts": [{"subject": "\u5df2\u8bb0\u5f55\uff1a\u6986\u6811\u5e02 2018\u5e74\u4e09\u5b63\u5ea6 \u672c\u5730\u533a\u57f9\u80b2\u5de5\u4f5c\u5f00\u5c55\u60c5\u51b5 \u2192 \u5df2\u62a5", "body": "\u5df2\u8bb0\u5f55\uff1a\n\u6986\u6811\u5e02 2018\u5e74\u4e09\u5b63\u5ea6 \u672c\u5730\u533a\u57f9\u80b2\u5de5\u4f5c\u5f00\u5c55\u60c5\u51b5 \u2192 \u5df2\u62a5\n\u6709\u8bef\u8bf7\u56de\u590d\u201c\u64a4\u56de\u201d\uff0c24\u5c0f\u65f6\u5185\u6709\u6548\u3002\u8c22\u8c22\u3002", "html": null, "mentions": []}], "said": []}',1,1,1,1,0,0,'',NULL,'','','2018-10-16 01:20:00.000000','2018-10-16 01:20:00.000000');
INSERT INTO "message" VALUES(3,'reminder',2,'wecom_app','p2','wecom_app','retry',5,'2018-10-16 01:45:00.000000','letter:waits','','T-3','{"lines": ["x"], "undo": "", "notes": []}',NULL,1,1,NULL,1,0,0,'',NULL,'45009','too fast','2018-10-16 01:40:00.000000',NULL);
CREATE TABLE meta (
	"key" VARCHAR(80) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE notice (
	id INTEGER NOT NULL, 
	filename VARCHAR(200) NOT NULL, 
	raw BLOB NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	received_at DATETIME NOT NULL, 
	text TEXT NOT NULL, 
	title VARCHAR(300) NOT NULL, 
	number VARCHAR(80) NOT NULL, 
	issuer VARCHAR(120) NOT NULL, 
	issued DATE, 
	published DATE, 
	trouble VARCHAR(500) NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE obligation (
	id INTEGER NOT NULL, 
	notice_id INTEGER, 
	what VARCHAR(300) NOT NULL, 
	rule VARCHAR(200) NOT NULL, 
	shift VARCHAR(10) NOT NULL, 
	shift_stated BOOLEAN NOT NULL, 
	hour TIME NOT NULL, 
	hour_stated BOOLEAN NOT NULL, 
	recipient VARCHAR(200) NOT NULL, 
	emails JSON NOT NULL, 
	phones JSON NOT NULL, 
	sentence TEXT NOT NULL, 
	published DATETIME NOT NULL, 
	begins DATE NOT NULL, 
	ends DATE, 
	ladder VARCHAR(60) NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(notice_id) REFERENCES notice (id)
);
INSERT INTO "obligation" VALUES(1,NULL,'“百千万”中小企业推荐名单','once:2018-09-28','earlier',0,'17:00:00.000000',0,'省促进中小企业发展服务中心','["reports@example.com"]','["13800000001"]','每季度次月20日前上报','2018-09-21 01:00:00.000000','2018-08-27',NULL,'default','armed',1);
INSERT INTO "obligation" VALUES(2,NULL,'本地区培育工作开展情况','quarterly:next-month-day=20','earlier',0,'17:00:00.000000',0,'省促进中小企业发展服务中心','["reports@example.com"]','["13800000001"]','每季度次月20日前上报','2018-09-21 01:00:00.000000','2018-08-27',NULL,'default','armed',1);
CREATE TABLE obligation_unit (
	obligation_id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	PRIMARY KEY (obligation_id, unit_id), 
	FOREIGN KEY(obligation_id) REFERENCES obligation (id), 
	FOREIGN KEY(unit_id) REFERENCES unit (id)
);
INSERT INTO "obligation_unit" VALUES(1,1);
INSERT INTO "obligation_unit" VALUES(1,2);
INSERT INTO "obligation_unit" VALUES(2,1);
INSERT INTO "obligation_unit" VALUES(2,2);
CREATE TABLE period (
	id INTEGER NOT NULL, 
	obligation_id INTEGER NOT NULL, 
	name VARCHAR(20) NOT NULL, 
	nominal DATE NOT NULL, 
	target DATE NOT NULL, 
	limit_day DATE NOT NULL, 
	hour TIME NOT NULL, 
	shift VARCHAR(10) NOT NULL, 
	provisional BOOLEAN NOT NULL, 
	due_at DATETIME NOT NULL, 
	limit_at DATETIME NOT NULL, 
	version INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(obligation_id) REFERENCES obligation (id), 
	CONSTRAINT uq_period UNIQUE (obligation_id, name)
);
INSERT INTO "period" VALUES(1,1,'once','2018-09-28','2018-09-28','2018-09-28','17:00:00.000000','earlier',0,'2018-09-28 09:00:00.000000','2018-09-28 16:00:00.000000',1,0);
INSERT INTO "period" VALUES(2,2,'2018Q3','2018-10-20','2018-10-19','2018-10-22','17:00:00.000000','earlier',0,'2018-10-19 09:00:00.000000','2018-10-22 16:00:00.000000',1,0);
INSERT INTO "period" VALUES(3,2,'2018Q4','2019-01-20','2019-01-18','2019-01-21','17:00:00.000000','earlier',0,'2019-01-18 09:00:00.000000','2019-01-21 16:00:00.000000',1,0);
CREATE TABLE person (
	id INTEGER NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	kind VARCHAR(10) NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	active BOOLEAN NOT NULL, 
	sample BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "person" VALUES(1,'张三','person','',1,0);
INSERT INTO "person" VALUES(2,'李四','person','',1,0);
CREATE TABLE question (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	inbound_id INTEGER NOT NULL, 
	asked_at DATETIME NOT NULL, 
	choices JSON NOT NULL, 
	answered_at DATETIME, 
	lapsed_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(inbound_id) REFERENCES inbound (id), 
	FOREIGN KEY(person_id) REFERENCES person (id)
);
CREATE TABLE reminder (
	id INTEGER NOT NULL, 
	task_id INTEGER NOT NULL, 
	rung VARCHAR(40) NOT NULL, 
	person_id INTEGER NOT NULL, 
	step_id INTEGER NOT NULL, 
	planned_at DATETIME NOT NULL, 
	message_id INTEGER, 
	dropped VARCHAR(40) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(message_id) REFERENCES message (id), 
	FOREIGN KEY(person_id) REFERENCES person (id), 
	FOREIGN KEY(step_id) REFERENCES step (id), 
	FOREIGN KEY(task_id) REFERENCES task (id), 
	CONSTRAINT uq_reminder UNIQUE (task_id, rung, person_id)
);
CREATE TABLE reply (
	id INTEGER NOT NULL, 
	inbound_id INTEGER NOT NULL, 
	task_id INTEGER, 
	event_id INTEGER, 
	intent VARCHAR(30) NOT NULL, 
	day DATE, 
	counts JSON NOT NULL, 
	reasons JSON NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(event_id) REFERENCES event (id), 
	FOREIGN KEY(inbound_id) REFERENCES inbound (id), 
	FOREIGN KEY(task_id) REFERENCES task (id)
);
INSERT INTO "reply" VALUES(1,1,3,1,'done',NULL,'{}','["already handed in: \u5df2\u62a5"]','2018-10-16 01:20:00.000000');
CREATE TABLE robot (
	"key" VARCHAR(120) NOT NULL, 
	channel VARCHAR(30) NOT NULL, 
	paused BOOLEAN NOT NULL, 
	reason VARCHAR(300) NOT NULL, 
	blocked_until DATETIME, 
	sent INTEGER NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "robot" VALUES('wecom_app','wecom_app',0,'','2018-10-16 01:45:00.000000',2);
CREATE TABLE role (
	id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	since DATE, 
	until DATE, 
	PRIMARY KEY (id), 
	FOREIGN KEY(person_id) REFERENCES person (id), 
	FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT uq_role UNIQUE (unit_id, role, person_id)
);
INSERT INTO "role" VALUES(1,1,1,'primary',NULL,NULL);
INSERT INTO "role" VALUES(2,2,2,'primary',NULL,NULL);
CREATE TABLE silence (
	id INTEGER NOT NULL, 
	unit_id INTEGER, 
	obligation_id INTEGER, 
	period_id INTEGER, 
	author VARCHAR(40) NOT NULL, 
	reason VARCHAR(300) NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(obligation_id) REFERENCES obligation (id), 
	FOREIGN KEY(period_id) REFERENCES period (id), 
	FOREIGN KEY(unit_id) REFERENCES unit (id)
);
CREATE TABLE step (
	id INTEGER NOT NULL, 
	period_id INTEGER NOT NULL, 
	task_id INTEGER, 
	rung VARCHAR(40) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	fires_at DATETIME NOT NULL, 
	last_day BOOLEAN NOT NULL, 
	release VARCHAR(10) NOT NULL, 
	released_at DATETIME, 
	planned_at DATETIME, 
	outcome VARCHAR(20) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(period_id) REFERENCES period (id), 
	FOREIGN KEY(task_id) REFERENCES task (id)
);
CREATE TABLE tally (
	period_id INTEGER NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	tasks INTEGER NOT NULL, 
	PRIMARY KEY (period_id, status), 
	FOREIGN KEY(period_id) REFERENCES period (id)
);
INSERT INTO "tally" VALUES(1,'pending',2);
INSERT INTO "tally" VALUES(2,'pending',1);
INSERT INTO "tally" VALUES(3,'pending',2);
INSERT INTO "tally" VALUES(2,'reported',1);
CREATE TABLE task (
	id INTEGER NOT NULL, 
	period_id INTEGER NOT NULL, 
	obligation_id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	closed BOOLEAN NOT NULL, 
	reported_at DATETIME, 
	promised_on DATE, 
	quiet_until DATETIME, 
	extended_to DATE, 
	disputed BOOLEAN NOT NULL, 
	asked_for DATE, 
	own_steps BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(obligation_id) REFERENCES obligation (id), 
	FOREIGN KEY(period_id) REFERENCES period (id), 
	FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT uq_task UNIQUE (period_id, unit_id)
);
INSERT INTO "task" VALUES(1,1,1,1,'pending',0,NULL,NULL,NULL,NULL,0,NULL,0);
INSERT INTO "task" VALUES(2,1,1,2,'pending',0,NULL,NULL,NULL,NULL,0,NULL,0);
INSERT INTO "task" VALUES(3,2,2,1,'reported',1,'2018-10-16 01:20:00.000000',NULL,NULL,NULL,0,NULL,0);
INSERT INTO "task" VALUES(4,2,2,2,'pending',0,NULL,NULL,NULL,NULL,0,NULL,0);
INSERT INTO "task" VALUES(5,3,2,1,'pending',0,NULL,NULL,NULL,NULL,0,NULL,0);
INSERT INTO "task" VALUES(6,3,2,2,'pending',0,NULL,NULL,NULL,NULL,0,NULL,0);
CREATE TABLE unit (
	id INTEGER NOT NULL, 
	code VARCHAR(20) NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	short_name VARCHAR(60) NOT NULL, 
	level VARCHAR(20) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	parent_id INTEGER, 
	position INTEGER NOT NULL, 
	pinyin VARCHAR(200) NOT NULL, 
	initials VARCHAR(40) NOT NULL, 
	since DATE, 
	until DATE, 
	PRIMARY KEY (id), 
	FOREIGN KEY(parent_id) REFERENCES unit (id), 
	CONSTRAINT uq_unit_code_parent UNIQUE (code, parent_id)
);
INSERT INTO "unit" VALUES(1,'YS','榆树市经济局','榆树市','county','',NULL,1,'','',NULL,NULL);
INSERT INTO "unit" VALUES(2,'NA','农安县经济局','农安县','county','',NULL,2,'','',NULL,NULL);
CREATE INDEX ix_notice_digest ON notice (digest);
CREATE INDEX ix_unit_order ON unit (position, id);
CREATE INDEX ix_unit_parent_id ON unit (parent_id);
CREATE INDEX ix_address_person_id ON address (person_id);
CREATE INDEX ix_address_value ON address (channel, value);
CREATE INDEX ix_inbound_new ON inbound (id) WHERE state = 'new';
CREATE INDEX ix_role_person_id ON role (person_id);
CREATE INDEX ix_message_doubted ON message (id) WHERE doubts > 0;
CREATE INDEX ix_message_open ON message (robot, priority, not_before, id) WHERE state IN ('pending','retry');
CREATE INDEX ix_message_person ON message (person_id, not_before);
CREATE INDEX ix_message_sending ON message (robot, owner) WHERE state = 'sending';
CREATE INDEX ix_message_stuck ON message (state, id) WHERE state IN ('unknown','dead');
CREATE INDEX ix_message_wake ON message (robot, not_before, state) WHERE state IN ('pending','retry');
CREATE INDEX ix_period_limit ON period (limit_at);
CREATE INDEX ix_question_person_id ON question (person_id);
CREATE INDEX ix_delivery_message_id ON delivery (message_id);
CREATE INDEX ix_delivery_robot ON delivery (robot, at, outcome);
CREATE INDEX ix_silence_until ON silence (until);
CREATE INDEX ix_task_obligation ON task (obligation_id, unit_id);
CREATE INDEX ix_task_promised ON task (promised_on) WHERE promised_on IS NOT NULL;
CREATE INDEX ix_task_unit_id ON task (unit_id);
CREATE INDEX ix_event_task_id ON event (task_id);
CREATE INDEX ix_step_open ON step (fires_at) WHERE planned_at IS NULL;
CREATE INDEX ix_step_period_id ON step (period_id);
CREATE UNIQUE INDEX uq_step_period ON step (period_id, rung, role) WHERE task_id IS NULL;
CREATE UNIQUE INDEX uq_step_task ON step (task_id, rung, role) WHERE task_id IS NOT NULL;
CREATE INDEX ix_reminder_loose ON reminder (person_id) WHERE message_id IS NULL AND dropped = '';
CREATE INDEX ix_reminder_message ON reminder (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX ix_reminder_step_id ON reminder (step_id);
CREATE INDEX ix_reply_inbound_id ON reply (inbound_id);
CREATE INDEX ix_reply_task_id ON reply (task_id);
COMMIT;
