print("afferent-sensor")
