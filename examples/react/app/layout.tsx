import type { ReactNode } from 'react';

const body = { maxWidth: 1080, margin: '0 auto', padding: 16, font: '16px/1.5 system-ui, sans-serif' };

export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Usage</title>
      </head>
      <body style={body}>{children}</body>
    </html>
  );
}
