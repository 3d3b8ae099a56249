"""Two places of one name on one line."""

x = 1
for _ in range(3):
    x = x * 2
print(x)
