package io.nimoshake.setup;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointEntry.OfSync;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import io.nimoshake.core.port.Source.StreamHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LiveDirectionTest {
  private static final Instant AT = Instant.parse("2026-01-31T12:00:03Z");

  private static void require(CheckpointEntry... entries) throws Fault {
    LiveDirection.requireForward(holding(List.of(entries)), "shop");
  }

  private static CheckpointStore holding(List<CheckpointEntry> entries) {
    return new CheckpointStore() {
      @Override
      public List<CheckpointEntry> load() {
        return entries;
      }

      @Override
      public void save(long fence, List<CheckpointEntry> more) {
        throw new AssertionError("nothing is to be saved");
      }

      @Override
      public Optional<Lease> lease() {
        return Optional.empty();
      }

      @Override
      public boolean replaceLease(Optional<Lease> expected, Optional<Lease> next) {
        return false;
      }

      @Override
      public void close() {}
    };
  }

  private static String refusal(OfDirection live) {
    return assertThrows(Fault.Fatal.class, () -> require(new OfSync(true), live)).getMessage();
  }

  @Test
  void aSyncThatWasNeverCutOverStarts() throws Fault {
    require();
    require(new OfSync(true));
  }

  /** Two tables, the first without a stream. */
  private static Optional<String> tooLongAgo(Direction direction, LiveDirection.Streams streams) {
    return LiveDirection.returnedTooLongAgo(
        List.of(
            new OfDirection(direction, AT, Optional.of("token")),
            table("plain"),
            table("streamed")),
        streams);
  }

  private static OfTable table(String name) {
    return new OfTable(name, Phase.COPIED, Optional.of(AT), List.of("arn"), 1, true, false);
  }

  private static LiveDirection.Streams at(Instant now) {
    return name ->
        name.equals("streamed")
            ? Optional.of(new StreamHandle("arn", true, now))
            : Optional.empty();
  }

  /** By the clock of the source: that of this host is long after it here. */
  @Test
  void aReturnOfLongAgoIsSaid() {
    Instant kept = AT.plus(Duration.ofHours(24));
    assertEquals(Optional.empty(), tooLongAgo(Direction.RETURNED, at(kept)));
    String line = tooLongAgo(Direction.RETURNED, at(kept.plusSeconds(1))).orElseThrow();
    assertTrue(line.contains("changes are missing"), line);
    assertEquals(Optional.empty(), tooLongAgo(Direction.FORWARD, at(kept.plusSeconds(1))));
  }

  @Test
  void aSourceThatCannotBeAskedDoesNotEndTheStart() {
    LiveDirection.Streams denied =
        name -> {
          throw new Fault.TableFailed("access denied", null);
        };
    assertDoesNotThrow(() -> tooLongAgo(Direction.RETURNED, denied));
  }

  /** It is refused before anything of the checkpoint is changed. */
  @Test
  void theWayBackNeedsACutOverThatNotedWhereItBegins() throws Fault {
    LiveDirection.requireBack(
        holding(List.of(new OfDirection(Direction.CUT_OVER, AT, Optional.of("token")))));
    for (List<CheckpointEntry> other :
        List.of(
            List.<CheckpointEntry>of(new OfSync(true)),
            List.<CheckpointEntry>of(new OfDirection(Direction.CUT_OVER, AT, Optional.empty())))) {
      String line =
          assertThrows(Fault.Fatal.class, () -> LiveDirection.requireBack(holding(other)))
              .getMessage();
      assertTrue(line.contains("nimo-shake cutover --way-back"), line);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FORWARD", "RETURNED"})
  void aSyncThatGoesForwardAgainStarts(Direction direction) throws Fault {
    require(new OfDirection(direction, AT, Optional.empty()));
  }

  @Test
  void aSyncThatWasCutOverSaysWhenAndTheWaysOut() {
    String line = refusal(new OfDirection(Direction.CUT_OVER, AT, Optional.of("token")));
    assertTrue(line.contains("shop was cut over: since 2026-01-31T12:00:03Z"), line);
    assertTrue(line.contains("sync_mode = back"), line);
    assertTrue(line.contains("cutover --abort"), line);
    assertEquals(1, line.lines().count());
    String without = refusal(new OfDirection(Direction.CUT_OVER, AT, Optional.empty()));
    assertTrue(!without.contains("sync_mode = back"), without);
  }

  @Test
  void aSyncThatGoesBackDoesNotStartForward() {
    String line = refusal(new OfDirection(Direction.BACK, AT, Optional.of("token")));
    assertTrue(line.contains("goes back since 2026-01-31T12:00:03Z"), line);
  }
}
