/// The controllers of the development cluster.
enum ClusterControllers {
  /// In the order in which they start; they stop in the reverse order.
  static func all(knative: KnativeRuntime) -> [any ClusterController] {
    [
      CustomResourceController(), NamespaceController(), GarbageCollector(), DeploymentController(),
      RoleAggregator(), KnativeServices(runtime: knative),
    ]
  }
}
