"""What goes wrong with the journal, in sentences for the person who runs the daemon."""


class JournalError(Exception):
    """The journal could not do what was asked; nothing of the request was written.

    Live data may go on: a later request can succeed (a disk that has room again).
    """


class JournalUnusableError(JournalError):
    """The journal's file cannot be used at all: it is no journal, too new, or in use."""


class DamagedError(JournalUnusableError):
    """The file is a journal's, but damaged: it can be set aside and a new one begun."""


class DiskTroubleError(JournalError):
    """The disk is full, read-only or failing: the file may be usable later."""
