package io.nimoshake.app.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.SplitReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ForwardStreamsTest {
  private final Set<String> disabled = new TreeSet<>();
  private final List<String> asked = new ArrayList<>();
  private final ForwardStreams streams = new ForwardStreams(new Dynamo());

  /** Else each of them would need another try, with the applications stopped. */
  @Test
  void allDisabledStreamsAreEnabledAtOnce() throws Fault {
    disabled.addAll(List.of("a", "c"));
    Fault.Transient waiting =
        assertThrows(Fault.Transient.class, () -> streams.enable(List.of("a", "b", "c")));
    assertEquals(
        "the streams of tables a, c are being enabled: try again in a moment",
        waiting.getMessage());
    assertEquals(List.of("a", "b", "c"), asked);
    streams.enable(List.of("a", "b", "c"));
  }

  @Test
  void oneDisabledStreamIsNamed() {
    disabled.add("b");
    Fault.Transient waiting =
        assertThrows(Fault.Transient.class, () -> streams.enable(List.of("a", "b")));
    assertEquals(
        "the stream of table b is being enabled: try again in a moment", waiting.getMessage());
  }

  /** Enables a disabled stream when it is asked to. */
  private final class Dynamo implements Source {
    @Override
    public Optional<StreamHandle> ensureStream(String table) {
      asked.add(table);
      return disabled.remove(table)
          ? Optional.empty()
          : Optional.of(new StreamHandle("arn", true, Instant.EPOCH));
    }

    @Override
    public List<String> listTables() {
      throw new UnsupportedOperationException();
    }

    @Override
    public TableSchema describe(String table) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<StreamHandle> currentStream(String table) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ShardListing listShards(String table, String streamArn, Optional<String> childrenOf) {
      throw new UnsupportedOperationException();
    }

    @Override
    public SplitReader open(Split split, Position from) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      // It holds nothing.
    }
  }
}
