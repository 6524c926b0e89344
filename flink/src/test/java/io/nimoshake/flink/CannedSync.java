package io.nimoshake.flink;

import io.nimoshake.testkit.canned.CannedDynamo;
import io.nimoshake.testkit.canned.CannedMongo;
import io.nimoshake.testkit.canned.CannedTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A table of 1 KB items that are made up, a target that keeps nothing, and configurations of syncs
 * from one to the other.
 */
final class CannedSync implements AutoCloseable {
  private final Path directory;
  private final CannedDynamo source;
  private final CannedMongo target;

  private CannedSync(Path directory, CannedTable table) {
    this.directory = directory;
    this.source = CannedDynamo.start(List.of(table));
    this.target = CannedMongo.start();
  }

  /**
   * @param directory gets the configurations and the checkpoints
   */
  static CannedSync start(Path directory, long items, int shards, long changesPerShard) {
    return new CannedSync(
        directory, new CannedTable("canned", List.of(item()), items, shards, changesPerShard));
  }

  /** 14 attributes, about 1 KB. */
  private static String item() {
    StringBuilder text = new StringBuilder();
    text.append("{\"id\":{\"S\":\"item-").append(CannedTable.NUMBER).append("\"}");
    for (int i = 0; i < 8; i++) {
      text.append(",\"text").append(i).append("\":{\"S\":\"");
      text.append("abcdefghij".repeat(8)).append("\"}");
    }
    for (int i = 0; i < 4; i++) {
      text.append(",\"number")
          .append(i)
          .append("\":{\"N\":\"")
          .append(123_456_789 + i)
          .append("\"}");
    }
    return text.append(",\"flag\":{\"BOOL\":true}}").toString();
  }

  /** Items and changes that the target got, from all syncs. */
  long written() {
    return target.written();
  }

  /**
   * @param mode {@code sync_mode}
   */
  Path configuration(String id, String mode) throws IOException {
    return Files.write(
        directory.resolve(id + ".conf"),
        List.of(
            "id = " + id,
            "sync_mode = " + mode,
            "source.access_key_id = accessKey",
            "source.secret_access_key = secret",
            "source.region = us-east-1",
            "source.endpoint_url = " + source.endpoint(),
            "target.type = mongodb",
            "target.address = " + target.uri(),
            "checkpoint.type = file",
            "checkpoint.address = " + directory.resolve("checkpoint"),
            "full.read.concurrency = 8",
            "full_sync.http_port = 0",
            "incr_sync.http_port = 0"));
  }

  @Override
  public void close() {
    target.close();
    source.close();
  }
}
