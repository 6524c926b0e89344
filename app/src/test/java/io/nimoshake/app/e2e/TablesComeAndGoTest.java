package io.nimoshake.app.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** Tables and streams that appear, vanish and come back while the program runs. */
class TablesComeAndGoTest {
  private static final int ITEMS = 300;

  @TempDir Path directory;

  /** Starts what is tested. */
  Sync start(Path conf) throws Exception {
    return RunningSync.start(conf);
  }

  /** One after the other, as every start of the servers and the program takes seconds. */
  @Test
  void followsThem() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S, Shape.N), ITEMS);
      Path conf =
          servers.configuration(
              directory, "sync_mode = all", "table.discovery.interval = 1s", "retry.gone = 5s");
      try (Sync sync = start(conf)) {
        BothSides.awaitCopied(servers, sync);

        BothSides.create(servers, List.of(Shape.S_N), ITEMS);
        BothSides.awaitEqual(servers, List.of(Shape.S, Shape.N, Shape.S_N), sync);

        changeWhileTheStreamIsOff(servers, Shape.S);
        servers.dynamo.deleteTable(r -> r.tableName(Shape.N.table));
        BothSides.awaitOutput(sync, "table by_s: the new copy has taken the place");
        BothSides.awaitEqual(servers, List.of(Shape.S, Shape.S_N), sync);
        BothSides.awaitOutput(sync, "table by_n: was deleted");
        assertEquals(ITEMS, servers.collection(Shape.N.table).countDocuments());

        assertEquals(0, sync.terminate(), sync::output);
      }
    }
  }

  private static void changeWhileTheStreamIsOff(Servers servers, Shape shape) {
    stream(servers, shape, false);
    for (int number = 0; number < 20; number++) {
      int gone = number;
      servers.dynamo.deleteItem(r -> r.tableName(shape.table).key(shape.key(gone)));
    }
    stream(servers, shape, true);
  }

  private static void stream(Servers servers, Shape shape, boolean on) {
    servers.dynamo.updateTable(
        r ->
            r.tableName(shape.table)
                .streamSpecification(
                    s -> {
                      s.streamEnabled(on);
                      if (on) {
                        s.streamViewType(StreamViewType.NEW_AND_OLD_IMAGES);
                      }
                    }));
  }
}
