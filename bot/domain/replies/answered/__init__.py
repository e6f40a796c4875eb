"""Answers whose meaning is settled, one file per intent: the precedents by which an answer in other words is judged.

One answer after another, shortest first, parted by " | ". A misread answer from the field is added to the file of what it
meant. Labels follow the labelling rules; names, numbers and addresses are fillers.
"""

from bot.domain.replies.answered import (
    ack,
    correction_not_done,
    difficulty,
    done,
    extension_request,
    handover,
    in_progress,
    irrelevant,
    not_responsible,
    promise,
    question,
    zero_report,
)
from bot.domain.words import Intent

TEXTS = {
    Intent.ACK: ack.TEXTS,
    Intent.CORRECTION_NOT_DONE: correction_not_done.TEXTS,
    Intent.DIFFICULTY: difficulty.TEXTS,
    Intent.DONE: done.TEXTS,
    Intent.EXTENSION_REQUEST: extension_request.TEXTS,
    Intent.HANDOVER: handover.TEXTS,
    Intent.IN_PROGRESS: in_progress.TEXTS,
    Intent.IRRELEVANT: irrelevant.TEXTS,
    Intent.NOT_RESPONSIBLE: not_responsible.TEXTS,
    Intent.PROMISE: promise.TEXTS,
    Intent.QUESTION: question.TEXTS,
    Intent.ZERO_REPORT: zero_report.TEXTS,
}
"""What was answered, by what it meant."""
