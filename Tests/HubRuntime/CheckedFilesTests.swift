import Foundation
import HubRuntime
import Testing
import YAML

@Suite("What hub check is given")
struct CheckedFilesTests {
  @Test("a folder without a kustomization gives the files that --subscriptions reads of it")
  func folder() throws {
    let directory = try TemporaryDirectory(containing: "below")
    for name in ["b.yaml", "a.json", "c.yml", ".d.yaml", "e.txt", "below/f.yaml"] {
      try directory.write(name, name)
    }
    let files = CheckedFiles([directory.path + "/"])
    #expect(names(files, in: directory) == ["a.json", "b.yaml", "c.yml"])
    #expect(files.texts.map(\.format) == [.json, .yaml, .yaml])
    #expect(files.problems == [])
  }

  @Test(
    "a folder with a kustomization gives its resources, bases and components, each once, though they lead in a circle"
  )
  func kustomization() throws {
    let directory = try TemporaryDirectory(containing: "app/base")
    try directory.write(
      "app/kustomization.yaml", "resources:\n- one.yaml\n- base\n- ../other\n- ./one.yaml\nbases: [base]\n")
    try directory.write("app/one.yaml", "1")
    try directory.write("app/unlisted.yaml", "2")
    try directory.write(
      "app/base/Kustomization", "components: [../../app]\nresources: [two.json]\nnamePrefix: x-\n")
    try directory.write("app/base/two.json", "3")
    try FileManager.default.createDirectory(
      atPath: directory.path + "/other", withIntermediateDirectories: false)
    try directory.write("other/three.yaml", "4")
    let files = CheckedFiles([directory.path + "/app"])
    #expect(names(files, in: directory) == ["app/one.yaml", "app/base/two.json", "other/three.yaml"])
    #expect(files.problems == [])
    // Among the files of a pattern it is not one of objects.
    #expect(CheckedFiles([directory.path + "/app/kustomization.yaml"]).texts.isEmpty)
  }

  @Test(
    "what a kustomization lists and cannot be read is named with its place",
    arguments: [
      (
        "resources:\n- https://example.org/x.yaml\n",
        ":2:3: resources[0]: 'https://example.org/x.yaml' is not on this machine; "
      ),
      (
        "resources:\n- github.com/a/b?ref=v1\n",
        ":2:3: resources[0]: 'github.com/a/b?ref=v1' is not on this machine; "
      ),
      ("resources: a.yaml\n", ":1:12: resources: is no list; write '- ' before each file"),
      ("namePrefix: x\nresources: [1]\n", ":2:13: resources[0]: is no file name; write one"),
      ("resources:\n- *a\n", ":2:3: (object): aliases (*name) are not supported; "),
    ])
  func faults(_ text: String, _ problem: String) throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write("kustomization.yml", text)
    let files = CheckedFiles([directory.path])
    #expect(files.texts.isEmpty && files.problems.count == 1)
    #expect(files.problems.first?.hasPrefix(file + problem) == true, "\(files.problems)")
  }

  @Test("what is missing, no file, or too large is named, and the others are read")
  func unreadable() throws {
    let directory = try TemporaryDirectory()
    let good = try directory.write("good.yaml", "a: 1")
    let kept = try directory.write("at-limit.yaml", String(repeating: "\n", count: CheckedFiles.maxBytes))
    let large = try directory.write("large.yaml", String(repeating: "\n", count: CheckedFiles.maxBytes + 1))
    let files = CheckedFiles(["/nowhere/x.yaml", "/dev/null", large, kept, good])
    #expect(files.texts.map(\.name) == [kept, good])
    #expect(
      files.problems == [
        "/nowhere/x.yaml: cannot read it: No such file or directory",
        "/dev/null: cannot read it: not a regular file",
        "\(large): cannot read it: larger than 16777216 bytes",
      ])
  }

  @Test("as many folders as allowed are read, and one more is named")
  func folderLimit() throws {
    let directory = try TemporaryDirectory()
    var folder = ""
    // Each leads to the next one beside it.
    for index in 0...CheckedFiles.maxFolders {
      folder = "\(index)"
      try FileManager.default.createDirectory(
        atPath: directory.path + "/" + folder, withIntermediateDirectories: false)
      try directory.write("\(folder)/kustomization.yaml", "resources: [f.yaml, ../\(index + 1)]")
      try directory.write("\(folder)/f.yaml", "a: 1")
    }
    try directory.write("\(folder)/kustomization.yaml", "resources: [f.yaml]")
    let files = CheckedFiles([directory.path + "/0"])
    #expect(files.texts.count == CheckedFiles.maxFolders)
    #expect(
      files.problems.count == 1 && files.problems.first?.hasSuffix("not read: more than 1000 folders") == true
    )
    #expect(CheckedFiles([directory.path + "/1"]).problems == [])
  }

  private func names(_ files: CheckedFiles, in directory: TemporaryDirectory) -> [String] {
    files.texts.map { String($0.name.dropFirst(directory.path.count + 1)) }
  }
}
