"""How fast other packages decode a recording: python decode.py PEER FILE SECONDS prints one line of JSON.

FILE is decoded once for its digest (13 bytes an event: t int64, x uint16, y uint16, polarity uint8, little-endian), then again
and again for SECONDS; what is timed is the decoding into the arrays that the package gives, with nothing done to them.
"""

import hashlib
import json
import sys
import time

import numpy as np

RECORD = np.dtype([("t", "<i8"), ("x", "<u2"), ("y", "<u2"), ("p", "u1")])


def columns(t, x, y, p):
    events = np.empty(len(t), RECORD)
    events["t"], events["x"], events["y"], events["p"] = t, x, y, p
    return events


def joined(parts, t="t", x="x", y="y", p="on"):
    parts = [part for part in parts if len(part)]
    if not parts:
        return np.empty(0, RECORD)
    return np.concatenate([columns(part[t], part[x], part[y], part[p]) for part in parts])


def faery(path):
    import faery

    kind = {"raw": "evt", "dat": "dat", "es": "es", "aedat4": "aedat", "csv": "csv", "txt": "csv"}
    options = {"file_type": kind[path.rsplit(".", 1)[1]]}
    if path.endswith(".txt"):
        options["csv_properties"] = faery.CsvProperties(
            has_header=False, separator=b" ", t_index=0, x_index=1, y_index=2, on_index=3,
            t_scale=1e6, on_value=b"1", off_value=b"0", skip_errors=False)
    return lambda: list(faery.events_stream_from_file(path, **options)), joined


def event_stream(path):
    import event_stream

    def read():
        with event_stream.Decoder(path) as decoder:
            return list(decoder), decoder.type, decoder.height

    def events(result):
        parts, kind, height = result
        if kind == "atis":
            parts = [part[~part["exposure"].astype(bool)] for part in parts]
        found = joined(parts, p="polarity" if kind == "atis" else "on")
        # Its rows count upwards.
        found["y"] = height - 1 - found["y"]
        return found

    return read, events


def aedat(path):
    import aedat

    def read():
        return [part["events"] for part in aedat.Decoder(path) if "events" in part]

    return read, joined


def dv(path):
    import dv_processing

    def read():
        recording = dv_processing.io.MonoCameraRecording(path)
        parts = []
        while recording.isRunning("events"):
            batch = recording.getNextEventBatch("events")
            if batch is not None:
                parts.append(batch.numpy())
        return parts

    return read, lambda parts: joined(parts, t="timestamp", p="polarity")


def expelliarmus(path):
    from expelliarmus import Wizard

    def kind():
        if path.endswith(".dat"):
            return "dat"
        with open(path, "rb") as file:
            head = file.read(1000)
        return "evt3" if b"evt 3" in head.lower() or b"EVT3" in head else "evt2"

    encoding = kind()
    return lambda: Wizard(encoding=encoding).read(path), lambda found: joined([found], p="p")


def evlib(path):
    import evlib

    def events(frame):
        return columns(
            frame["t"].dt.total_microseconds().to_numpy(), frame["x"].to_numpy(),
            frame["y"].to_numpy(), frame["polarity"].to_numpy() > 0)

    return lambda: evlib.load_events(path, sort=False).collect(), events


def tonic(path):
    import tonic.io

    return (
        lambda: tonic.io.read_mnist_file(path, dtype=tonic.io.events_struct),
        lambda found: joined([found], p="p"))


def aestream(path):
    import aestream

    return (
        lambda: aestream.FileInput(path, (1280, 720)).load(),
        lambda found: joined([found], t="timestamp", p="polarity"))


def numpy(path):
    """Readings of fixed records as a user of numpy would write them."""

    def five():
        rows = np.fromfile(path, np.uint8).reshape(-1, 5)
        t = (rows[:, 2] & 127).astype(np.uint32) << 16 | rows[:, 3].astype(np.uint32) << 8
        return t | rows[:, 4], rows[:, 0], rows[:, 1], rows[:, 2] >> 7

    def seven():
        rows = np.fromfile(path, np.uint8).reshape(-1, 7).astype(np.uint32)
        t = rows[:, 4] << 16 | rows[:, 5] << 8 | rows[:, 6]
        x = rows[:, 0] << 4 | rows[:, 1] >> 4
        return t, x, (rows[:, 1] & 15) << 8 | rows[:, 2], rows[:, 3]

    def array():
        found = np.load(path)
        return tuple(np.ascontiguousarray(found[name]) for name in "txyp")

    def text():
        rows = np.loadtxt(path)
        return np.rint(rows[:, 0] * 1e6).astype(np.int64), rows[:, 1], rows[:, 2], rows[:, 3]

    def table():
        rows = np.loadtxt(path, np.int64, delimiter=",", skiprows=1)
        return rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3]

    def body():
        with open(path, "rb") as file:
            data = file.read()
        start = 0
        while data[start:start + 1] == b"#":
            start = data.index(b"\n", start) + 1
        return data, start

    def dvs128():
        data, start = body()
        words = np.frombuffer(data, ">u4", offset=start)
        words = words[: len(words) // 2 * 2].reshape(-1, 2)
        address = words[:, 0].astype(np.uint32)
        return (
            words[:, 1].astype(np.int64), 127 - (address >> 1 & 127), address >> 8 & 127,
            address & 1 ^ 1)

    def davis240():
        data, start = body()
        words = np.frombuffer(data, ">u4", offset=start)
        words = words[: len(words) // 2 * 2].reshape(-1, 2)
        words = words[words[:, 0] & 0x80000400 == 0]
        address = words[:, 0].astype(np.uint32)
        return (
            words[:, 1].astype(np.int64), 239 - (address >> 12 & 1023), address >> 22 & 511,
            address >> 11 & 1)

    def cochlea():
        data, start = body()
        words = np.frombuffer(data, ">u4", offset=start)
        words = words[: len(words) // 2 * 2].reshape(-1, 2)
        zero = np.zeros(len(words), np.uint8)
        return words[:, 1].astype(np.int64), words[:, 0].astype(np.uint16), zero, zero

    def polarity_packets():
        data, start = body()
        parts = []
        while start < len(data):
            kind, _, size, _, overflow, _, number, _ = np.frombuffer(
                data[start:start + 28], "<u2,<u2,<u4,<u4,<u4,<u4,<u4,<u4")[0]
            words = np.frombuffer(data, "<u4", count=2 * number, offset=start + 28).reshape(-1, 2)
            if kind == 1:
                word = words[:, 0]
                t = words[:, 1].astype(np.int64) + (int(overflow) << 31)
                parts.append((t, word >> 17 & 0x7FFF, word >> 2 & 0x7FFF, word >> 1 & 1))
            start += 28 + int(size) * int(number)
        return tuple(np.concatenate(part) for part in zip(*parts))

    def aedat():
        data, start = body()
        head = data[:start]
        if b"AER-DAT3" in head[:16]:
            return polarity_packets
        if b"DAVIS" in head or b"Davis" in head:
            return davis240
        return dvs128 if b"DVS128" in head or b"cochlea" not in path.encode() else cochlea

    ending = path.rsplit(".", 1)[1]
    readings = {
        "bin": five, "bs2": five, "bs3": seven, "npy": array, "txt": text, "csv": table}
    reading = readings[ending] if ending in readings else aedat()
    return reading, lambda found: columns(*found)


def main():
    peer, path, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    read, events = globals()[peer](path)
    found = events(read())
    runs = []
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds or not runs:
        start = time.perf_counter()
        read()
        runs.append(time.perf_counter() - start)
    print(json.dumps({
        "events": len(found), "events_sha256": hashlib.sha256(found.tobytes()).hexdigest(),
        "seconds": sorted(runs)[len(runs) // 2]}))


main()
