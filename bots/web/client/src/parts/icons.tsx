import type { ComponentChildren } from 'preact';

/** Line icons of 20 px; always beside or behind a text that says the same. */
function Icon({ children }: { readonly children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export function EaselIcon() {
  return (
    <Icon>
      <path d="M5 3.5h10v8H5z" />
      <path d="m5 11.5 3.2-4 2.6 2.6 1.4-1.4 2.8 2.8" />
      <path d="M3.5 11.5h13M7.5 12l-2.2 5M12.500 12l2.2 5M10 12v3.500" />
    </Icon>
  );
}

export function AttachIcon() {
  return (
    <Icon>
      <path d="M3.500 5.500a2 2 0 0 1 2-2h9a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2zM10 7v6M7 10h6" />
    </Icon>
  );
}

export function SamplesIcon() {
  return (
    <Icon>
      <path d="M3.500 3.500h5.500V9H3.500zM11 3.500h5.500V9H11zM3.500 11H9v5.500H3.500zM11 11h5.500v5.500H11z" />
    </Icon>
  );
}

export function SendIcon() {
  return (
    <Icon>
      <path d="M10 16.500v-13M4.500 9 10 3.500 15.500 9" />
    </Icon>
  );
}

export function CloseIcon() {
  return (
    <Icon>
      <path d="m5 5 10 10M15 5 5 15" />
    </Icon>
  );
}

export function PlusIcon() {
  return (
    <Icon>
      <path d="M10 4v12M4 10h12" />
    </Icon>
  );
}

export function RetryIcon() {
  return (
    <Icon>
      <path d="M15.500 6.500A6.500 6.500 0 1 0 16.500 10M16 3v4h-4" />
    </Icon>
  );
}

export function UndoIcon() {
  return (
    <Icon>
      <path d="M7 4 3.500 7.500 7 11M3.500 7.500h8a4.500 4.500 0 0 1 0 9H8" />
    </Icon>
  );
}

export function DownloadIcon() {
  return (
    <Icon>
      <path d="M10 3.500v9M6 9l4 4 4-4M4 16.500h12" />
    </Icon>
  );
}

export function ReuseIcon() {
  return (
    <Icon>
      <path d="M4 16.500V10a3 3 0 0 1 3-3h9M12.500 3.500 16 7l-3.500 3.500" />
    </Icon>
  );
}

export function DetailsIcon() {
  return (
    <Icon>
      <path d="M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 9v5M10 6.200v.3" />
    </Icon>
  );
}

export function WarningIcon() {
  return (
    <Icon>
      <path d="M10 3.500 17.500 16.500h-15zM10 8.500v3.500M10 14.200v.3" />
    </Icon>
  );
}
