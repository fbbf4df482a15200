import JSONScan
import Kubernetes
import Testing

@Suite("Names, versions and uids")
struct NamesTests {
  @Test(
    "apiVersion is group/version, or a version alone for core kinds",
    arguments: [
      ("v1", "", "v1", "/api/v1"), ("apps/v1", "apps", "v1", "/apis/apps/v1"),
      (
        "samplecontroller.k8s.io/v1alpha1", "samplecontroller.k8s.io", "v1alpha1",
        "/apis/samplecontroller.k8s.io/v1alpha1"
      ),
    ])
  func apiVersions(text: String, group: String, version: String, path: String) throws {
    let parsed = try #require(GroupVersion(apiVersion: text))
    #expect(parsed == GroupVersion(group: group, version: version))
    #expect(parsed.apiVersion == text)
    #expect(parsed.path == path)
  }

  @Test("Malformed apiVersions are refused", arguments: ["", "/", "a/", "/v1", "a/b/c"])
  func badAPIVersions(text: String) {
    #expect(GroupVersion(apiVersion: text) == nil)
  }

  @Test("A path leads to a collection, an object or a subresource, and is percent-encoded")
  func paths() {
    let apps = GroupVersion(group: "apps", version: "v1")
    let deployments = APIResource(
      groupVersion: apps, kind: "Deployment", plural: "deployments", namespaced: true,
      verbs: ["list", "watch"])
    #expect(deployments.path(namespace: nil) == "/apis/apps/v1/deployments")
    #expect(deployments.path(namespace: "n") == "/apis/apps/v1/namespaces/n/deployments")
    #expect(
      deployments.path(namespace: "n", name: "a b/c", subresource: "scale")
        == "/apis/apps/v1/namespaces/n/deployments/a%20b%2Fc/scale")
    #expect(deployments.canListAndWatch)
    let namespaces = APIResource(
      groupVersion: GroupVersion(group: "", version: "v1"), kind: "Namespace", plural: "namespaces",
      namespaced: false, verbs: ["get"])
    #expect(namespaces.path(namespace: "ignored", name: "n") == "/api/v1/namespaces/n")
    #expect(!namespaces.canListAndWatch)
    #expect(namespaces.groupKind == GroupKind(group: "", kind: "Namespace"))
  }

  @Test(
    "SEMANTICS 11: versions are numbers up to 128 bits without leading zeros, all else is opaque",
    arguments: [
      ("1", UInt128(1)), ("340282366920938463463374607431768211455", UInt128.max),
      ("340282366920938463463374607431768211456", nil), ("9999999999999999999", 9_999_999_999_999_999_999),
      ("99999999999999999999", 99_999_999_999_999_999_999), ("0", nil), ("01", nil), ("", nil), ("1a", nil),
      ("-1", nil),
      ("1000000000000000000000000000000000000000", nil),
    ] as [(String, UInt128?)])
  func decimals(text: String, number: UInt128?) {
    #expect(ResourceVersion(text).decimal == number)
    let quoted = Array("\"\(text)\"".utf8)
    #expect(slice(quoted).flatMap { ResourceVersion.decimal($0, in: quoted.span.bytes) } == number)
  }

  @Test("a version that is written with escapes is the same number")
  func escapedDecimal() {
    let quoted = Array(#""\u0034\u0032""#.utf8)
    #expect(slice(quoted).flatMap { ResourceVersion.decimal($0, in: quoted.span.bytes) } == 42)
  }

  @Test("SEMANTICS 11: decimal versions compare as numbers, opaque ones not at all")
  func comparison() {
    #expect(ResourceVersion("9").compare(ResourceVersion("10")) == .older)
    #expect(ResourceVersion("10").compare(ResourceVersion("9")) == .newer)
    #expect(ResourceVersion("10").compare(ResourceVersion("10")) == .same)
    #expect(ResourceVersion("10").compare(ResourceVersion("x")) == nil)
    #expect(ResourceVersion("x").compare(ResourceVersion("x")) == nil)
  }

  @Test("A canonical UUID becomes a number and the same text again")
  func uids() throws {
    let text = "1dcfebc3-b8e2-4b38-85ea-85ae47159ca0"
    let quoted = Array("\"\(text)\"".utf8)
    let uid = try #require(UIDText.parse(quoted))
    #expect(uid == 0x1dcf_ebc3_b8e2_4b38_85ea_85ae_4715_9ca0)
    #expect(UIDText.text(uid) == text)
    #expect(UIDText.text(0) == "00000000-0000-0000-0000-000000000000")
  }

  @Test(
    "Other uids are not taken for numbers",
    arguments: [
      "1DCFEBC3-b8e2-4b38-85ea-85ae47159ca0", "1dcfebc3b8e24b3885ea85ae47159ca0", "", "x",
      "1dcfebc3-b8e2-4b38-85ea-85ae47159ca", "1dcfebc3-b8e2-4b38-85ea-85ae47159ca00",
      "1dcfebc3-b8e2-4b38-85ea+85ae47159ca0", "\\u0031dcfebc3-b8e2-4b38-85ea-85ae4715",
    ])
  func otherUIDs(text: String) {
    let quoted = Array("\"\(text)\"".utf8)
    #expect(UIDText.parse(quoted) == nil)
  }
}
