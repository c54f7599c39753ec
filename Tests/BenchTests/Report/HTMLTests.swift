import Testing

@testable import Bench

@Suite struct HTMLTests {
  @Test func textsAreEscaped() {
    let page = HTML(
      "p", ["title": "\"quoted\" & <b>", "hidden": "", "id": nil], "5 < 6 & 'so'", HTML("br", [:]),
      HTML("em", [:], "x"))
    #expect(
      page.markup
        == "<p title=\"&quot;quoted&quot; &amp; &lt;b&gt;\" hidden>5 &lt; 6 &amp; &#39;so&#39;<br><em>x</em></p>"
    )
  }
}
