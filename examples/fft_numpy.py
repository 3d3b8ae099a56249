"""A noisy chirp through a windowed Fourier transform, twenty frames a second. Needs numpy. Runs until Ctrl-C.

Worth a click: `frame` and `windowed` (waveforms), `spectrum_db`, `spectrogram` (the last hundred spectra as one array),
and `peak_hz`, whose history draws the sweep that `frequency_hz` asked for.
"""

import time

import numpy as np

SAMPLE_RATE = 48_000.0  # hertz
FRAME = 4096  # samples
FRAMES_PER_SECOND = 20


def sweep(seconds):
    """Up and down between 1 and 18 kHz, once in ten seconds."""
    return 9_500.0 - 8_500.0 * np.cos(2 * np.pi * seconds / 10.0)


def record(frequency_hz, phase, noise):
    """One frame of the tone, with its second harmonic, hum and noise; and the phase to go on from."""
    turns = phase + 2 * np.pi * frequency_hz / SAMPLE_RATE * np.arange(FRAME)
    tone = np.sin(turns) + 0.1 * np.sin(2 * turns)
    hum = 0.2 * np.sin(2 * np.pi * 50.0 / SAMPLE_RATE * np.arange(FRAME))
    frame = tone + hum + noise.normal(0.0, 0.3, FRAME)
    return frame, turns[-1] % (2 * np.pi)


def analyse(frame, window):
    """Decibels relative to a full-scale sine, for the frequencies 0 to half the sample rate."""
    windowed = frame * window
    spectrum = np.fft.rfft(windowed)
    spectrum_db = 20 * np.log10(np.abs(spectrum) / (window.sum() / 2) + 1e-12)
    return spectrum_db


def main():
    noise = np.random.default_rng(1)
    window = np.hanning(FRAME)
    spectrogram = np.full((100, FRAME // 2 + 1), -120.0)
    phase, started = 0.0, time.monotonic()
    due = started
    while True:
        frequency_hz = sweep(due - started)
        frame, phase = record(frequency_hz, phase, noise)
        spectrum_db = analyse(frame, window)
        spectrogram = np.roll(spectrogram, -1, axis=0)
        spectrogram[-1] = spectrum_db
        peak_hz = np.argmax(spectrum_db) * SAMPLE_RATE / FRAME
        error_hz = peak_hz - frequency_hz
        if abs(error_hz) > 200.0:
            print(f"peak at {peak_hz:.0f} Hz, tone at {frequency_hz:.0f} Hz", flush=True)
        due += 1 / FRAMES_PER_SECOND
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("stopped")
