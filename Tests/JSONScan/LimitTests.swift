import JSONScan
import Testing

@Suite("JSONScan: limits")
struct LimitTests {
  private func nested(_ depth: Int, _ open: String, _ close: String, _ inner: String = "1") -> [UInt8] {
    Array((String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)).utf8)
  }

  @Test("128 nested arrays or objects are accepted, and the bracket of the 129th is refused")
  func standardDepth() {
    #expect(refusal(of: nested(128, "[", "]")) == nil)
    #expect(refusal(of: nested(129, "[", "]")) == JSONError(.tooDeep, at: 128))
    #expect(treeRefusal(of: nested(128, "[", "]")) == nil)
    #expect(treeRefusal(of: nested(129, "[", "]")) == JSONError(.tooDeep, at: 128))
    #expect(refusal(of: nested(128, "{\"a\":", "}")) == nil)
    #expect(refusal(of: nested(129, "{\"a\":", "}")) == JSONError(.tooDeep, at: 128 * 5))
    #expect(treeRefusal(of: nested(129, "{\"a\":", "}")) == JSONError(.tooDeep, at: 128 * 5))
  }

  @Test("a million open brackets are refused, not followed")
  func bomb() {
    let text = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
    #expect(refusal(of: text) == JSONError(.tooDeep, at: 128))
  }

  @Test("a depth of 0 accepts scalars only")
  func depthZero() {
    let limits = JSONLimits(maxDepth: 0)
    #expect(refusal(of: Array("1".utf8), limits: limits) == nil)
    #expect(refusal(of: Array("[]".utf8), limits: limits) == JSONError(.tooDeep, at: 0))
  }

  @Test("the depth is clamped to what a thread's stack can hold, and that depth works")
  func greatestDepth() throws {
    var limits = JSONLimits(maxDepth: 1_000_000)
    #expect(limits.maxDepth == JSONLimits.greatestDepth)
    limits.maxDepth = -1
    #expect(limits.maxDepth == 0)
    limits.maxDepth = .max
    let deep = nested(JSONLimits.greatestDepth, "[", "]")
    #expect(refusal(of: deep, limits: limits) == nil)
    #expect(try JSONValue(parsing: deep, limits: limits).serialized() == deep)
    #expect(
      refusal(of: nested(JSONLimits.greatestDepth + 1, "[", "]"), limits: limits)
        == JSONError(.tooDeep, at: JSONLimits.greatestDepth))
  }

  @Test("an error says in words what is wrong and where")
  func description() {
    #expect("\(JSONError(.badNumber, at: 7))" == "invalid JSON at byte 7: this is not a number of JSON")
  }
}
