"""What is remembered survives restarts, torn writes and rotten copies."""

import os

from release_tool.calibration import Calibration
from release_tool.config import Config, ConfigStore, decode_config, seal, unseal

from bench import refuses

ARGUMENT = None  # a folder to write to
_COPIES = ("config-a", "config-b")


class Folder:
    """A new folder for each check."""

    count = 0

    def __init__(self):
        Folder.count += 1
        self.path = ARGUMENT + "/" + str(Folder.count)

    def store(self):
        return ConfigStore(self.path)

    def read(self, name):
        with open(self.path + "/" + name, "rb") as file:
            return file.read()

    def write(self, name, data):
        with open(self.path + "/" + name, "wb") as file:
            file.write(data)


def config(cal_id, name="tool"):
    calibration = Calibration(
        cal_id,
        (0, 1),
        (-8388608, 77),
        (0.5, 0.0),
        accel=0.25,
        gyro=0.125,
        axes=(2, -1, 3),
    )
    return Config(calibration, 120.5, name)


def saved(folder, *numbers):
    store = folder.store()
    store.load()
    for number in numbers:
        store.save(config(number))


def loaded(folder):
    found = folder.store().load()
    return None if found is None else found.calibration.cal_id


def check_everything_comes_back():
    folder = Folder()
    saved(folder, 7)
    found = folder.store().load()
    assert found.encode() == config(7).encode()
    assert (found.limit_n, found.name) == (120.5, "tool")
    assert found.calibration.encode() == config(7).calibration.encode()
    assert found.calibration.axes == (2, -1, 3)
    assert found.calibration.kinds == (0, 1)


def check_nothing_is_found_where_nothing_was_saved():
    assert loaded(Folder()) is None


def check_the_newest_counts_over_many_restarts():
    folder = Folder()
    for number in range(1, 8):
        saved(folder, number)
        assert loaded(folder) == number
    assert sorted(os.listdir(folder.path)) == list(_COPIES)


def check_every_truncation_of_the_newest_copy_leaves_the_one_before():
    folder = Folder()
    saved(folder, 1, 2)
    whole = folder.read(_COPIES[1])
    for size in range(len(whole)):
        folder.write(_COPIES[1], whole[:size])
        assert loaded(folder) == 1, size
    folder.write(_COPIES[1], whole)
    assert loaded(folder) == 2


def check_every_truncation_of_the_older_copy_is_of_no_matter():
    folder = Folder()
    saved(folder, 1, 2)
    whole = folder.read(_COPIES[0])
    for size in range(len(whole)):
        folder.write(_COPIES[0], whole[:size])
        assert loaded(folder) == 2, size


def check_every_changed_bit_is_noticed():
    folder = Folder()
    saved(folder, 1, 2)
    whole = folder.read(_COPIES[1])
    for place in range(len(whole)):
        rotten = bytearray(whole)
        rotten[place] ^= 1 << place % 8
        folder.write(_COPIES[1], bytes(rotten))
        assert loaded(folder) == 1, place


def check_what_was_appended_is_noticed():
    folder = Folder()
    saved(folder, 1, 2)
    folder.write(_COPIES[1], folder.read(_COPIES[1]) + b"\x00")
    assert loaded(folder) == 1


def check_a_write_torn_anywhere_is_as_if_never_begun():
    folder = Folder()
    saved(folder, 1, 2)
    new = seal(3, config(3).encode())
    for size in range(len(new) + 1):
        folder.write("config-new", new[:size])
        assert loaded(folder) == 2
    saved(folder, 3)
    assert loaded(folder) == 3


def check_a_rotten_copy_is_the_next_to_be_replaced():
    for rotten, whole in ((0, 2), (1, 1)):
        folder = Folder()
        saved(folder, 1, 2)
        folder.write(_COPIES[rotten], b"rotten")
        assert loaded(folder) == whole
        saved(folder, 9)
        assert loaded(folder) == 9
        assert unseal(folder.read(_COPIES[rotten])) is not None
        assert unseal(folder.read(_COPIES[1 - rotten])) is not None


def check_two_rotten_copies_are_none():
    folder = Folder()
    saved(folder, 1, 2)
    for name in _COPIES:
        folder.write(name, b"\xff" * 30)
    assert loaded(folder) is None
    saved(folder, 4)
    assert loaded(folder) == 4


def check_a_copy_with_senseless_contents_is_none():
    folder = Folder()
    saved(folder, 1, 2)
    folder.write(_COPIES[1], seal(9, b"\x00" * 5 + b"short"))
    assert loaded(folder) == 1


def check_a_failed_write_is_told_and_changes_nothing():
    folder = Folder()
    saved(folder, 1, 2)
    store = folder.store()
    store.load()
    os.mkdir(folder.path + "/config-new")
    assert refuses(OSError, store.save, config(3))
    assert loaded(folder) == 2
    os.rmdir(folder.path + "/config-new")
    store.save(config(3))
    assert loaded(folder) == 3


def check_what_is_lost_is_told_apart_from_what_never_was():
    folder = Folder()
    store = folder.store()
    store.load()
    assert not store.damaged
    saved(folder, 1, 2)
    for count, damaged in ((1, False), (2, True)):
        for name in _COPIES[:count]:
            folder.write(name, b"rotten")
        store = folder.store()
        store.load()
        assert store.damaged is damaged
    folder = Folder()
    saved(folder, 1)
    folder.write(_COPIES[0], b"")
    store = folder.store()
    store.load()
    assert store.damaged


def check_a_name_that_would_have_to_be_cut_is_refused():
    longest = "L" * 30 + "ö"
    folder = Folder()
    store = folder.store()
    store.load()
    store.save(config(1, longest))
    assert folder.store().load().name == longest
    assert refuses(ValueError, config, 1, "L" * 31 + "ö")
    assert refuses(ValueError, config(1).changed, None, None, "x" * 256)


def check_a_name_in_utf8_is_kept():
    found = decode_config(config(1, "Lenden-Löser").encode())
    assert found.name == "Lenden-Löser"
