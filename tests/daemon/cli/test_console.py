"""What reaches a terminal and what reaches a file."""

import io

import pytest

from ql_release.cli.console import CLEAR_LINE, Console, Style


def test_colour_is_for_terminals(terminal: io.StringIO, file: io.StringIO) -> None:
    for out in (terminal, file):
        Console(out, file, {}).line("eased", Style.GOOD)
    assert terminal.getvalue() == "\x1b[1;32meased\x1b[0m\n"
    assert file.getvalue() == "eased\n"


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colour_can_be_refused(
    terminal: io.StringIO, file: io.StringIO, environ: dict[str, str]
) -> None:
    Console(terminal, file, environ).line("eased", Style.GOOD)
    assert terminal.getvalue() == "eased\n"


def test_an_empty_no_color_refuses_nothing(terminal: io.StringIO, file: io.StringIO) -> None:
    Console(terminal, file, {"NO_COLOR": ""}).line("eased", Style.GOOD)
    assert "\x1b[" in terminal.getvalue()


def test_a_line_leaves_the_status_line_below_it(terminal: io.StringIO, file: io.StringIO) -> None:
    console = Console(terminal, file, {})
    console.status("42 N")
    console.line("hold started")
    assert terminal.getvalue() == f"{CLEAR_LINE}42 N{CLEAR_LINE}hold started\n42 N"
    console.status()
    assert terminal.getvalue().endswith(CLEAR_LINE)


def test_the_status_line_is_never_longer_than_the_terminal(
    terminal: io.StringIO, file: io.StringIO
) -> None:
    Console(terminal, file, {}).status("x" * 500)
    assert terminal.getvalue() == CLEAR_LINE + "x" * 79


def test_an_unchanged_status_line_is_not_drawn_again(
    terminal: io.StringIO, file: io.StringIO
) -> None:
    console = Console(terminal, file, {})
    console.status("42 N")
    console.status("42 N")
    assert terminal.getvalue().count("42 N") == 1


def test_a_file_gets_neither_status_nor_progress(file: io.StringIO) -> None:
    console = Console(file, file, {})
    console.status("42 N")
    console.progress("50 %")
    assert file.getvalue() == ""


def test_control_characters_of_others_move_no_cursor(
    terminal: io.StringIO, file: io.StringIO
) -> None:
    console = Console(terminal, file, {})
    console.line("a\x1b[2Jb\nc\x9bd")
    console.error("e\x1b]0;f\x07")
    assert terminal.getvalue() == "a\\x1b[2Jb\\nc\\x9bd\n"
    assert file.getvalue() == "ql-release: e\\x1b]0;f\\x07\n"


def test_each_sentence_of_an_error_has_its_own_line(
    terminal: io.StringIO, file: io.StringIO
) -> None:
    Console(file, terminal, {"NO_COLOR": "1"}).error("One.\nTwo.")
    assert terminal.getvalue() == "ql-release: One.\nql-release: Two.\n"
    assert file.getvalue() == ""


@pytest.mark.parametrize(("share", "filled"), [(-1, 0), (0, 0), (0.5, 5), (1, 10), (7, 10)])
def test_the_bar_is_filled_to_its_share(
    terminal: io.StringIO, file: io.StringIO, share: float, filled: int
) -> None:
    assert Console(terminal, file, {}).bar(share, 10) == "█" * filled + "·" * (10 - filled)


def test_the_bar_is_drawn_in_ascii_where_there_is_nothing_else(
    plain_terminal: io.StringIO, file: io.StringIO
) -> None:
    assert Console(plain_terminal, file, {}).bar(0.5, 4) == "##.."
