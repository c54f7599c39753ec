/// The look of the report.
enum ReportStyle {
  static let css = """
    :root { color-scheme: light; --ink: #1a1a1a; --soft: #595959; --line: #d0d0d0; --tint: #f4f6f8; --blue: #005a9c }
    * { box-sizing: border-box }
    body { margin: 0 auto; max-width: 84rem; padding: 0 1rem 4rem; color: var(--ink); background: #fff;
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }
    h1 { margin: 1.5rem 0 0.25rem; font-size: 1.8rem; line-height: 1.2 }
    h2 { margin: 2.5rem 0 0.75rem; padding-top: 0.5rem; border-top: 2px solid var(--ink); font-size: 1.35rem }
    h3 { display: inline; font-size: 1.1rem }
    h4 { margin: 0; font-size: 1rem }
    small, .interval, .notes, figcaption { color: var(--soft) }
    h4 small { font-weight: normal }
    a { color: var(--blue) }
    .skip { position: absolute; left: -100rem }
    .skip:focus { left: 1rem; top: 0.5rem; background: #fff; padding: 0.5rem; z-index: 2 }
    :focus-visible { outline: 3px solid var(--blue); outline-offset: 2px }
    nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; padding: 0; list-style: none }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem }
    dt { font-weight: 600 }
    dd { margin: 0; overflow-wrap: anywhere }
    .table { margin: 1rem 0 1.75rem }
    .table > figcaption { font-size: 0.9rem; font-weight: 600; color: var(--ink); padding-bottom: 0.35rem }
    .scroll { overflow-x: auto }
    table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums }
    th, td { padding: 0.25rem 0.5rem; text-align: right; vertical-align: bottom }
    th:first-child, td:first-child { text-align: left }
    thead th { border-bottom: 1px solid var(--ink); border-top: 2px solid var(--ink) }
    tbody th { font-weight: normal; white-space: nowrap; position: sticky; left: 0; background: #fff }
    tbody.controls tr:first-child > * { border-top: 1px solid var(--ink) }
    tbody:last-child tr:last-child > * { border-bottom: 2px solid var(--ink) }
    .plain td, .plain th { text-align: left; vertical-align: top; overflow-wrap: anywhere }
    thead button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: 0.2rem 0;
      cursor: pointer; text-align: inherit; text-decoration: underline dotted }
    thead small { display: block; font-weight: normal }
    th[aria-sort=ascending] button::after { content: " \\25B4" }
    th[aria-sort=descending] button::after { content: " \\25BE" }
    td { white-space: nowrap }
    .interval { display: block; font-size: 0.75rem }
    .sortable tbody th { white-space: normal; overflow-wrap: break-word; max-width: 12rem }
    tbody th, tbody td { vertical-align: top }
    .notes { font-size: 0.85rem; padding-left: 1.2rem; margin: 0.35rem 0 }
    .legend { color: var(--soft); font-size: 0.9rem; max-width: 60rem }
    .agreement th span { writing-mode: vertical-rl; transform: rotate(180deg); font-weight: normal; font-size: 0.8rem }
    details { margin: 1rem 0 }
    summary { cursor: pointer; padding: 0.4rem 0 }
    figure { margin: 0 }
    .plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); gap: 1.5rem }
    .plots img, .panel img { width: 100%; height: auto }
    figcaption { font-size: 0.85rem; overflow-wrap: anywhere }
    .gallery-controls { background: var(--tint); padding: 0.75rem 1rem; border-radius: 4px }
    .gallery-controls fieldset { border: 0; padding: 0; margin: 0 }
    .gallery-controls legend { font-weight: 600; padding: 0 }
    .gallery-controls label { display: inline-block; margin-right: 1.5rem; padding: 0.3rem 0 }
    .bar { height: 0.9rem; width: 8rem; vertical-align: middle; border: 1px solid var(--soft) }
    .card { border: 1px solid var(--line); border-radius: 4px; padding: 0.75rem 1rem; margin: 0.75rem 0 }
    .card p { margin: 0.3rem 0 }
    input[type=range] { width: min(14rem, 50vw); vertical-align: middle; min-height: 1.8rem; accent-color: var(--blue) }
    .maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); gap: 0.75rem }
    .picture, .stack, .nothing, .frame { display: block; width: 100% }
    .frame { position: relative }
    .outline { position: absolute; inset: 0; width: 100%; height: 100%; filter: drop-shadow(0 0 1px #000) }
    .outline * { fill: none; stroke: #fff; stroke-width: 1.5px; vector-effect: non-scaling-stroke }
    .outline .other { stroke: #9ad4ff }
    .outline .crowd { stroke: #ffb000 }
    .outline .box { stroke-dasharray: 4 3 }
    .plain-maps .outline { display: none }
    .key { background: #555; padding: 0 0.4rem; border-radius: 3px; color: #fff }
    .key.other { color: #9ad4ff }
    .key.crowd { color: #ffb000 }
    .values { font-size: 0.9rem }
    .values td:first-child { position: sticky; left: 0; background: #fff; white-space: normal; max-width: 9rem;
      overflow-wrap: break-word }
    .picture, .stack .under, .map { image-rendering: auto }
    .stack { position: relative }
    .stack img { display: block; width: 100% }
    .stack canvas { position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0.6 }
    .nothing { aspect-ratio: 1; padding: 0.4rem; overflow: hidden; color: var(--soft); font-size: 0.75rem;
      background: repeating-linear-gradient(45deg, #fff 0 8px, #f0f0f0 8px 10px) }
    pre { overflow-x: auto; background: var(--tint); padding: 1rem; font-size: 0.8rem }
    .failed { color: #a3001b; font-weight: 600 }
    @media (max-width: 40rem) { body { padding: 0 0.6rem 3rem } h1 { font-size: 1.4rem }
      dl { grid-template-columns: 1fr } dd { margin-bottom: 0.5rem } }
    @media print { nav, .gallery-controls, input { display: none } details { break-inside: avoid } }
    """
}
