import { describe, expect, it } from "vitest";
import {
  decimalExponent,
  formatClock,
  formatCount,
  formatFixed,
  formatNumber,
  formatPowerOfTen,
  formatSi,
  formatTime,
  scaledDown,
} from "./format-number.ts";

describe("formatNumber", () => {
  it.each([
    [0, "0"],
    [-0, "0"],
    [0.1 + 0.2, "0.3"],
    [1 / 3, "0.333333"],
    [-2.5, "−2.5"],
    [1234567, "1234567"],
    [12345678, "1.23457e7"],
    [99999.99, "100000"],
    [9999999.6, "1e7"],
    [0.0001, "0.0001"],
    [0.00001234, "1.234e-5"],
    [-5e-324, "−5e-324"],
    [1.7976931348623157e308, "1.79769e308"],
    [Number.NaN, "NaN"],
    [Infinity, "+∞"],
    [-Infinity, "−∞"],
  ])("%d is %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe("formatCount", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1234, "1234"],
    [12345, "12\u202f345"],
    [1000000, "1\u202f000\u202f000"],
    [-54321, "−54\u202f321"],
    [1e21, "1e21"],
  ])("%d is %s", (value, text) => {
    expect(formatCount(value)).toBe(text);
  });
});

describe("formatSi", () => {
  it.each([
    [0, "V", "0 V"],
    [1500, "V", "1.5 kV"],
    [0.00022, "V", "220 µV"],
    [999.96, "Hz", "1 kHz"],
    [-3e-9, "s", "−3 ns"],
    [2.4e9, "Hz", "2.4 GHz"],
    [1e-40, "V", "1e-40 V"],
    [Infinity, "V", "+∞ V"],
    [0.1 + 0.2, "", "300 m"],
  ])("%d %s is %s", (value, unit, text) => {
    expect(formatSi(value, unit)).toBe(text);
  });
});

describe("formatTime", () => {
  it.each([
    [0, "0 s"],
    [250e-9, "250 ns"],
    [1.5e-3, "1.5 ms"],
    [42.1, "42.1 s"],
    [3e-10, "0.3 ns"],
    [119.96, "120 s"],
    [723.5, "12:03.5"],
    [3723, "1:02:03.0"],
    [-90.25, "−90.25 s"],
  ])("%d s is %s", (seconds, text) => {
    expect(formatTime(seconds)).toBe(text);
  });

  it("carries into the minutes", () => {
    expect(formatClock(59.99, 1)).toBe("1:00.0");
    expect(formatClock(3599.6, 0)).toBe("1:00:00");
    expect(formatClock(-0.01, 0)).toBe("0:00");
  });
});

describe("parts of formatting", () => {
  it.each([
    [-0.0001, 2, "0.00"],
    [-1.005, 2, "−1.00"],
    [2, 0, "2"],
  ])("formatFixed(%d, %d) is %s", (value, decimals, text) => {
    expect(formatFixed(value, decimals)).toBe(text);
  });

  it("writes powers of ten", () => {
    expect(formatPowerOfTen(-6)).toBe("×10⁻⁶");
    expect(formatPowerOfTen(12)).toBe("×10¹²");
  });

  it("finds exponents exactly, where a logarithm would not", () => {
    expect([1000, 999.9999999999999, 1e-5, 5e-324, 0, -250].map(decimalExponent)).toEqual([3, 2, -5, -324, 0, 2]);
  });

  it("scales in decimal", () => {
    expect(scaledDown(3e-7, -9)).toBe(300);
    expect(scaledDown(1.1e6, 6)).toBe(1.1);
  });
});
