extension SubscriptionCRD {
  /// `status`, which the hub writes.
  static var status: SchemaNode {
    let date = SchemaNode.text("", 0...64, format: "date-time")
    let condition = SchemaNode.object(
      required: ["type", "status", "reason", "message", "lastTransitionTime"],
      [
        ("type", .text(1...316)), ("status", .choice(["True", "False", "Unknown"])),
        ("reason", .text(1...1024)), ("message", .text(0...32_768)), ("lastTransitionTime", date),
        ("observedGeneration", .integer("", format: "int64", from: 0)),
      ])
    return .object([
      ("observedGeneration", .integer("The generation that the status speaks of.", format: "int64")),
      (
        "conditions",
        .list(
          "Ready, ResourcesFound, Authorized, SinkResolved, Delivering.", of: condition, by: "type", 0...16)
      ),
      ("sinkUri", .text("Where events go.", 0...(2 * SinkURI.maxBytes))),
      (
        "pending",
        .integer("Keys that wait or are under way; written at most every 10 minutes.", format: "int64")
      ),
      (
        "lastDeliveryTime",
        .text(
          "When the last delivery was acknowledged; written at most every 10 minutes.", 0...64,
          format: "date-time")
      ),
    ])
  }
}
