print("test-sink")
