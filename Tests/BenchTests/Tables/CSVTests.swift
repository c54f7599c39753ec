import Testing

@testable import Bench

@Suite struct CSVTests {
  func line(_ fields: String...) -> String {
    var csv = CSV("head")
    csv.add(fields)
    return String(csv.text.dropFirst("head\n".count))
  }

  @Test func fieldsAreQuotedWhereTheyMustBe() {
    #expect(line("a", "b c", "d,e", "f \"g\"") == "a,b c,\"d,e\",\"f \"\"g\"\"\"\n")
    #expect(line("a\r\nb").contains("\"a\r\nb\""))
  }

  @Test func numbersStayNumbers() {
    #expect(line("-0.5", "+3", "-1e-07", "-inf") == "-0.5,+3,-1e-07,-inf\n")
  }

  @Test func textThatLooksLikeAFormulaIsText() {
    #expect(
      line("=1+1", "+cat", "-dog", "@home", "\tx", "a=b", "–")
        == "'=1+1,'+cat,'-dog,'@home,'\tx,a=b,–\n")
    #expect(line("=HYPERLINK(\"a\",\"b\")") == "\"'=HYPERLINK(\"\"a\"\",\"\"b\"\")\"\n")
  }
}
