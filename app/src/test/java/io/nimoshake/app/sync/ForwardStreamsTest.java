package io.nimoshake.app.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.testkit.memory.UnaskedSource;
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
  private final class Dynamo extends UnaskedSource {
    @Override
    public Optional<StreamHandle> ensureStream(String table) {
      asked.add(table);
      return disabled.remove(table)
          ? Optional.empty()
          : Optional.of(new StreamHandle("arn", true, Instant.EPOCH));
    }
  }
}
