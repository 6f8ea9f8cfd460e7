import { clean, type Html, html, markup } from '../html/html.ts';
import { cut } from '../text.ts';

/** What a mail says, in either form. */
export interface Wording {
  readonly subject: string;
  /** Plain text, a sentence or two each. */
  readonly before: readonly string[];
  /** Terms and what they are. */
  readonly facts?: readonly (readonly [term: string, what: string])[];
  /** What the mail is for; null for nothing to press. */
  readonly link: { readonly words: string; readonly url: string } | null;
  readonly after: readonly string[];
}

const MOST_OF_SUBJECT = 150;
const COLUMNS = 76;

export function renderMail({ subject, ...wording }: Wording): {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
} {
  // No text of the index may end a header, or begin another.
  const line = cut(clean(subject), MOST_OF_SUBJECT);
  return { subject: line, text: textOf(wording), html: htmlOf(line, wording) };
}

function textOf({ before, facts = [], link, after }: Omit<Wording, 'subject'>): string {
  const rows = facts.map(([term, what]) => `${term}: ${clean(what)}`).join('\n');
  const parts = [...before.map(filled), rows, link?.url ?? '', ...after.map(filled)];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Lines that a terminal shows whole. Words are not broken. */
function filled(text: string): string {
  const lines = [''];
  for (const word of clean(text).split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > COLUMNS) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join('\n');
}

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/* Mail programs know tables and attributes; some throw a style sheet away, which here only makes dark ones darker. */
const SHEET = `:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){
body,.paper{background:#10151a!important}
.card{background:#1a2129!important;border-color:#36414d!important}
.ink{color:#e8edf2!important}
.quiet{color:#a9b4bf!important}
.press{background:#8fbcff!important;color:#0e1318!important}
}`;

function htmlOf(subject: string, { before, facts = [], link, after }: Omit<Wording, 'subject'>): string {
  const paragraph = (text: string): Html =>
    html`<p class="ink" style="margin:0 0 16px;color:#1c2530">${text}</p>`;
  const rows = facts.map(
    ([term, what]) =>
      html`<tr><td class="quiet" valign="top" style="padding:3px 16px 3px 0;color:#55616d;white-space:nowrap">${term}</td><td class="ink" valign="top" style="padding:3px 0;color:#1c2530">${what}</td></tr>`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>
<style>${markup(SHEET)}</style>
</head>
<body style="margin:0;padding:0;background:#eef1f5">
<table class="paper" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#eef1f5"><tr><td align="center" style="padding:28px 12px">
<table class="card" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;background:#ffffff;border:1px solid #d5dbe2;border-radius:10px"><tr><td style="padding:28px 28px 12px;${FONT};font-size:16px;line-height:1.55">
<p class="quiet" style="margin:0 0 20px;color:#55616d;font-size:14px;font-weight:600">Showcases</p>
<h1 class="ink" style="margin:0 0 16px;font-size:22px;line-height:1.3;color:#1c2530">${subject}</h1>
${before.map(paragraph)}
${rows.length > 0 && html`<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;font-size:15px;line-height:1.5">${rows}</table>`}
${
  link !== null &&
  html`<p style="margin:24px 0"><a class="press" href="${link.url}" style="display:inline-block;padding:12px 22px;border-radius:8px;background:#0b4f9e;color:#ffffff;font-weight:600;text-decoration:none">${link.words}</a></p>
<p class="quiet" style="margin:0 0 20px;color:#55616d;font-size:13px;line-height:1.5">If the button does nothing, open this address:<br><span style="word-break:break-all">${link.url}</span></p>`
}
${after.map(paragraph)}
</td></tr></table>
</td></tr></table>
</body>
</html>
`.toString();
}
