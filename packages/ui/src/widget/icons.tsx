/** Icons as strokes of the text's colour, 16 by 16. */
import type { ReactNode } from "react";

function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const icons = {
  run: (
    <Icon>
      <path d="M5 3.500v9l7.500-4.500z" fill="currentColor" />
    </Icon>
  ),
  stop: (
    <Icon>
      <rect x="4" y="4" width="8" height="8" rx="1" fill="currentColor" />
    </Icon>
  ),
  restart: (
    <Icon>
      <path d="M12.500 8a4.500 4.500 0 1 1-1.400-3.300" />
      <path d="M12.500 2.500v3h-3" />
    </Icon>
  ),
  close: (
    <Icon>
      <path d="M4.500 4.500l7 7M11.500 4.500l-7 7" />
    </Icon>
  ),
  hold: (
    <Icon>
      <path d="M6 4v8M10 4v8" />
    </Icon>
  ),
  live: (
    <Icon>
      <path d="M4.500 4l5.500 4-5.500 4z" fill="currentColor" />
      <path d="M12 4v8" />
    </Icon>
  ),
  down: (
    <Icon>
      <path d="M4.500 6.500L8 10l3.500-3.500" />
    </Icon>
  ),
  moon: (
    <Icon>
      <path d="M12.800 9.700A5.300 5.300 0 0 1 6.300 3.200a5.300 5.300 0 1 0 6.500 6.500z" />
    </Icon>
  ),
  sun: (
    <Icon>
      <circle cx="8" cy="8" r="2.700" />
      <path d="M8 1.800v1.400M8 12.800v1.400M1.800 8h1.400M12.800 8h1.400M3.600 3.600l1 1M11.400 11.400l1 1M12.400 3.600l-1 1M4.600 11.400l-1 1" />
    </Icon>
  ),
  search: (
    <Icon>
      <circle cx="7" cy="7" r="3.700" />
      <path d="M10 10l3 3" />
    </Icon>
  ),
  fit: (
    <Icon>
      <path d="M3 6V3h3M13 6V3h-3M3 10v3h3M13 10v3h-3" />
    </Icon>
  ),
  copy: (
    <Icon>
      <rect x="5.500" y="5.500" width="7" height="7" rx="1.200" />
      <path d="M10.500 3.500h-6a1 1 0 0 0-1 1v6" />
    </Icon>
  ),
  waves: (
    <Icon>
      <path d="M1.800 8h2c1 0 1.200-4 2.400-4s1.400 8 2.600 8 1.400-4 2.400-4h3" />
    </Icon>
  ),
} as const;
