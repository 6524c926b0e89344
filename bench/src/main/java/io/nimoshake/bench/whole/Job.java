package io.nimoshake.bench.whole;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a program copies or follows.
 *
 * @param id the database of the target
 * @param tables the names of the tables
 * @param lines more lines of nimo-shake's configuration
 * @param directory the working directory of the program, for the files it writes
 */
record Job(
    String id,
    URI source,
    String target,
    List<String> tables,
    int segments,
    List<String> lines,
    Path directory) {

  /** The lines of a configuration that say where source and target are. */
  List<String> places() {
    return places(id, source, target);
  }

  /** The same lines for any sync. */
  static List<String> places(String id, URI source, String target) {
    return List.of(
        "id = " + id,
        "source.access_key_id = accessKey",
        "source.secret_access_key = secret",
        "source.region = us-east-1",
        "source.endpoint_url = " + source,
        "target.type = mongodb",
        "target.address = " + target,
        "full_sync.http_port = 0",
        "incr_sync.http_port = 0");
  }

  /** Writes a configuration for nimo-shake. */
  Path configuration() throws IOException {
    List<String> all = new ArrayList<>(places());
    all.add("full.read.concurrency = " + segments);
    all.add("qps.full = 1000000");
    all.add("qps.incr = 1000000");
    all.addAll(lines);
    return Files.write(directory.resolve("nimo-shake.conf"), all);
  }
}
