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
      <path d="M5 3.500v9l7.5-4.500z" fill="currentColor" />
    </Icon>
  ),
  stop: (
    <Icon>
      <rect x="4" y="4" width="8" height="8" rx="1" fill="currentColor" />
    </Icon>
  ),
  restart: (
    <Icon>
      <path d="M12.5 8a4.5 4.5 0 1 1-1.4-3.3" />
      <path d="M12.5 2.500v3h-3" />
    </Icon>
  ),
  close: (
    <Icon>
      <path d="M4.5 4.500l7 7M11.5 4.500l-7 7" />
    </Icon>
  ),
  hold: (
    <Icon>
      <path d="M6 4v8M10 4v8" />
    </Icon>
  ),
  live: (
    <Icon>
      <path d="M4.5 4l5.5 4-5.5 4z" fill="currentColor" />
      <path d="M12 4v8" />
    </Icon>
  ),
  down: (
    <Icon>
      <path d="M4.5 6.500L8 10l3.5-3.5" />
    </Icon>
  ),
  moon: (
    <Icon>
      <path d="M12.8 9.700A5.3 5.3 0 0 1 6.3 3.200a5.3 5.3 0 1 0 6.5 6.500z" />
    </Icon>
  ),
  sun: (
    <Icon>
      <circle cx="8" cy="8" r="2.7" />
      <path d="M8 1.800v1.400M8 12.800v1.400M1.8 8h1.400M12.8 8h1.400M3.6 3.600l1 1M11.4 11.400l1 1M12.4 3.600l-1 1M4.6 11.400l-1 1" />
    </Icon>
  ),
  search: (
    <Icon>
      <circle cx="7" cy="7" r="3.7" />
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
      <rect x="5.5" y="5.5" width="7" height="7" rx="1.2" />
      <path d="M10.5 3.500h-6a1 1 0 0 0-1 1v6" />
    </Icon>
  ),
  waves: (
    <Icon>
      <path d="M1.8 8h2c1 0 1.2-4 2.4-4s1.4 8 2.6 8 1.4-4 2.4-4h3" />
    </Icon>
  ),
} as const;
