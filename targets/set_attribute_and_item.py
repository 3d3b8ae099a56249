"""Stores into an attribute and into items of a list."""


class Amplifier:
    def __init__(self):
        self.gain = 1.0

    def turn(self, step):
        self.gain = self.gain * step
        return self.gain


amplifier = Amplifier()
buf = [0, 0, 0]
for i in range(3):
    buf[i] = amplifier.turn(2.0)
print(buf)
