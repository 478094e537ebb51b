"""What stands beside the labelled recordings."""

TITLE = "QL Release: labelled recordings"
"""The first line of the README; a folder that has it was made by this command."""
README = f"""\
{TITLE}

Sessions on a pressure tool, with what the person felt. Made by `ql-release labels export`, which
adds to this folder and changes nothing in it, unless told to with --force.

*.qlcap      one session's raw data each: `ql-release analyze FILE` says what happens in it.
labels.csv   one row for each possible release in them.
labels.jsonl the same as JSON, one object a line; `answers` has every answer in the order in which
             they were given, the last of which is `felt`.

session       id of the session
file          its recording
tool, person  ids; empty where nobody was named
placement     muscle/side/zone that was worked on; empty where that was not said
release       id of the release
onset_s       when the pressure began to ease, s since the recording's first sample
decided_s     when that was certain enough to say so, likewise
drop_pct      how far it eased beyond the hold's own decay, % of the force before
expected_pct  how far that decay alone would have brought it, %
confidence    0 to 1; people were told of it, and asked, from 0.5 on
felt          yes or no: the person's answer, the last one that was given; empty: none
answered_at   when that was given, UTC

`felt` is what a person felt and said, not the truth about a muscle. People are asked about what
the software has found, know that when they answer, and may not answer at all.

Privacy: people are named by ids that mean nothing elsewhere, and are never named otherwise. Still
the recordings say something about a person's health and habits, and times and ids can be matched
with other data of the same house: hand them on only with the person's consent. Erasing a person
on the bridge does not reach this folder: delete their recordings and rows here, too.

This comes from a wellness product, not from a medical device.
"""
