"""One open transaction and the questions that can be asked in it: one object per noun, each in the file of its name."""

from sqlalchemy import Connection

from bot.store.accounts import Accounts
from bot.store.audit import Audit
from bot.store.bulletins import Bulletins
from bot.store.calendar import Calendar
from bot.store.context import Context
from bot.store.directory import Directory
from bot.store.ears import Ears
from bot.store.files import Files
from bot.store.handovers import Handovers
from bot.store.inbox import Inbox
from bot.store.links import Links
from bot.store.meta import Meta
from bot.store.notices import Notices
from bot.store.obligations import Obligations
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.store.periods import Periods
from bot.store.questions import Questions
from bot.store.reminders import Reminders
from bot.store.robots import Robots
from bot.store.sessions import Sessions
from bot.store.silences import Silences
from bot.store.story import Story
from bot.store.taskbook import Taskbook
from bot.store.tasks import Tasks
from bot.store.units import Units
from bot.store.uploads import Uploads
from bot.store.worklist import Worklist


class Tx:
    """A transaction of `Store.begin()` or `Store.read()`. Use it inside the `with` block only, in one thread.

    Each noun class takes the open `Connection` and nothing else; making one does nothing.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.accounts = Accounts(connection)
        self.audit = Audit(connection)
        self.bulletins = Bulletins(connection)
        self.calendar = Calendar(connection)
        self.context = Context(connection)
        self.directory = Directory(connection)
        self.ears = Ears(connection)
        self.files = Files(connection)
        self.handovers = Handovers(connection)
        self.inbox = Inbox(connection)
        self.links = Links(connection)
        self.meta = Meta(connection)
        self.notices = Notices(connection)
        self.obligations = Obligations(connection)
        self.outbox = Outbox(connection)
        self.people = People(connection)
        self.periods = Periods(connection)
        self.questions = Questions(connection)
        self.reminders = Reminders(connection)
        self.robots = Robots(connection)
        self.sessions = Sessions(connection)
        self.silences = Silences(connection)
        self.story = Story(connection)
        self.taskbook = Taskbook(connection)
        self.tasks = Tasks(connection)
        self.units = Units(connection)
        self.uploads = Uploads(connection)
        self.worklist = Worklist(connection)
