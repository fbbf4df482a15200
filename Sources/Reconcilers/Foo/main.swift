print("foo-reconciler")
