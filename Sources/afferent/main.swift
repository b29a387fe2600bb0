print("afferent")
