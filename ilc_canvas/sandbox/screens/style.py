"""The one style sheet of all screens. It is part of each page, so that nothing else has to be loaded."""

STYLE = """
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: #2d3b45; background: #fff;
  overflow-wrap: anywhere; }
h1 { margin: 0 0 .25rem; font-size: 1.375rem; line-height: 1.25; }
h2 { margin: 2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 1px solid #c7cdd1; font-size: 1rem; }
h2.title { margin: 1.5rem 0 .75rem; border: 0; padding: 0; font-size: 1.25rem; line-height: 1.25; }
p { margin: 0; }
a { color: #0b5cad; }
a:focus-visible { outline: 2px solid #0b5cad; outline-offset: 2px; }
main { min-width: 0; }
main ul { margin: 0; padding: 0; list-style: none; }
main li { padding: .5rem 0; }
main li:target { background: #fff4d6; }
.quiet { color: #576773; }
.mark { display: inline-block; padding: 0 .5rem; border: 1px solid #8a5a00; border-radius: .25rem; color: #6b4600; background: #fff8e8;
  font-size: .8125rem; font-weight: 400; line-height: 1.4; white-space: nowrap; }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin: .75rem 0 0; padding: .25rem 0; list-style: none;
  border: solid #c7cdd1; border-width: 1px 0; }
nav li { padding: .375rem 0; }
nav a[aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
.rows > li { border-bottom: 1px solid #e3e6e8; }
.in-1 { padding-left: 1.25rem !important; } .in-2 { padding-left: 2.5rem !important; } .in-3 { padding-left: 3.75rem !important; }
.text { margin: 1rem 0; overflow-x: auto; }
.text ul, .text ol { margin: .5rem 0; padding-left: 1.5rem; list-style: revert; }
.text li { padding: .125rem 0; }
.text p { margin: .5rem 0; }
.text h2, .text h3, .text h4 { margin: 1.5rem 0 .5rem; border: 0; padding: 0; line-height: 1.25; }
.text h2 { font-size: 1.1875rem; } .text h3 { font-size: 1.0625rem; } .text h4 { font-size: 1rem; }
.text img { max-width: 100%; height: auto; }
.text table { border-collapse: collapse; }
.text th, .text td { padding: .25rem .5rem; border: 1px solid #c7cdd1; text-align: left; overflow-wrap: break-word; }
.text caption { text-align: left; font-weight: 600; }
table.people { width: 100%; border-collapse: collapse; }
.people th, .people td { padding: .375rem .75rem .375rem 0; border-bottom: 1px solid #e3e6e8; text-align: left; vertical-align: top;
  overflow-wrap: break-word; }
.reply { margin-left: 1.25rem; }
.foot { margin-top: 2.5rem; border-top: 1px solid #c7cdd1; padding-top: .5rem; }
@media (min-width: 30rem) { .events li { display: grid; grid-template-columns: 13rem 1fr; gap: 0 1rem; } }
@media (min-width: 56rem) {
  .course { display: grid; grid-template-columns: 11rem minmax(0, 1fr); gap: 0 2.5rem; }
  .course > header, .course > .foot { grid-column: 1 / -1; }
  nav ul { display: block; border: 0; margin: .5rem 0 0; }
  main { max-width: 46rem; }
}
"""
