import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { SiteData } from './site-data.ts';

/** Scripts of the page, each before those that use it. */
const SCRIPTS = ['markdown.js', 'lineage.js', 'page.js'] as const;

/** Nothing is fetched and nothing sent, whatever a description says. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/**
 * The documentation as one HTML file that needs nothing else: no server, no network. What authors wrote is data in it, never markup.
 */
export async function renderSite(data: SiteData): Promise<string> {
  const [style = '', ...scripts] = await Promise.all(['page.css', ...SCRIPTS].map(asset));
  // One script: modules cannot import each other out of one file.
  const script = scripts.join('\n').replaceAll(/^import .*;$|^export (?=const|function)/gm, '');
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  const title = data.project.replaceAll(/[^\w .-]/g, '');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${title} · documentation</title>
<style>
${style}</style>
</head>
<body>
<aside>
<header><a href="#" class="home"></a></header>
<input type="search" placeholder="Search" aria-label="Search names, columns, descriptions">
<nav aria-label="Nodes"></nav>
</aside>
<main tabindex="-1"></main>
<script type="application/json" id="data">${json}</script>
<script>
${script}</script>
</body>
</html>
`;
}

const asset = (name: string): Promise<string> =>
  readFile(fileURLToPath(new URL(`./page/${name}`, import.meta.url)), 'utf8');
