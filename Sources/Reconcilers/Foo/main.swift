import ReconcilerKit

ReconcilerProcess.run(FooReconciler(), as: "sample-controller")
