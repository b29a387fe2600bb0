print("afferent-watch")
