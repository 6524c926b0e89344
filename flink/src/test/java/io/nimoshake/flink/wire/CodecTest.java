package io.nimoshake.flink.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.Fault.SplitGone.Answer;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.Split.ChangeFile;
import io.nimoshake.core.model.Split.ChangeStream;
import io.nimoshake.core.model.Split.Documents;
import io.nimoshake.core.model.Split.ExportFile;
import io.nimoshake.core.model.Split.Leftovers;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Backfill;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfSync;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.CheckpointEntry.SplitForgotten;
import io.nimoshake.core.port.CheckpointEntry.TableForgotten;
import io.nimoshake.core.port.CheckpointEntry.Window;
import io.nimoshake.core.port.WriteMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CodecTest {
  private static final Instant T0 = Instant.parse("2026-03-01T10:00:00.123456789Z");

  /** One of everything, in every shape. */
  private static List<CheckpointEntry> everything() {
    List<CheckpointEntry> all = new ArrayList<>();
    all.add(new OfSync(true));
    all.add(new OfSync(false));
    all.add(new CheckpointEntry.OfMapping("version: 1\ntables: {}"));
    for (Direction direction : Direction.values()) {
      all.add(new OfDirection(direction, T0, Optional.empty()));
      all.add(new OfDirection(direction, T0, Optional.of("{\"_data\": \"8263\"}")));
    }
    for (Phase phase : Phase.values()) {
      OfTable table = COPYING.withPhase(Phase.COPIED);
      all.add(phase == Phase.BACKFILLING ? table.backfilling(BACKFILL) : COPYING.withPhase(phase));
    }
    all.add(
        COPYING.backfilling(
            BACKFILL.withWindow(new Window(T0, T0.plusSeconds(900)).exported("e", 4))));
    all.add(
        new OfSplit(new ChangeFile("t", 2, "e", 3, 4), Position.after("9"), Optional.empty(), T0));
    all.add(new OfTable("täble", Phase.COPYING, Optional.empty(), List.of(), 0, false, true));
    all.add(
        new OfTable(
            "e", Phase.COPYING, Optional.of(T0), List.of("a"), 3, true, false, Optional.of("dir")));
    all.add(
        new OfSplit(new ExportFile("e", "dir", 2, 3), Position.after("9"), Optional.empty(), T0));
    all.add(new OfSplit(new ChangeStream("b"), Position.after("{}"), Optional.of(T0), T0));
    all.add(new OfSplit(new Documents("b"), Position.BEGINNING, Optional.empty(), T0));
    all.add(new OfSplit(new Leftovers("b", 1, 3), Position.END, Optional.empty(), T0));
    for (Position position :
        List.of(
            Position.BEGINNING, new Position.At("7"), Position.after("{\"k\":1}"), Position.END)) {
      all.add(new OfSplit(new ScanSegment("t", 3, 64), position, Optional.empty(), Instant.EPOCH));
      all.add(
          new OfSplit(
              new StreamShard("t", "a", "s", Set.of("p", "q"), Optional.of("9"), T0),
              position,
              Optional.of(T0),
              T0,
              Optional.of(T0.plusSeconds(1))));
    }
    all.add(
        new OfSplit(
            new StreamShard("t", "a", "s2", Set.of(), Optional.empty(), Instant.MIN),
            Position.BEGINNING,
            Optional.empty(),
            Instant.MAX));
    all.add(new SplitForgotten("t", "s"));
    all.add(new TableForgotten("t"));
    return all;
  }

  private static <T> T again(BiConsumer<Encoder, T> write, Function<Decoder, T> read, T value)
      throws Fault {
    Encoder out = new Encoder();
    write.accept(out, value);
    return Decoder.read("it", out.toBytes(), read);
  }

  @Test
  void aCheckpointComesBackWhole() throws Fault {
    assertEquals(everything(), CheckpointCodec.read(CheckpointCodec.write(everything())));
    assertEquals(List.of(), CheckpointCodec.read(CheckpointCodec.write(List.of())));
  }

  private static final Backfill BACKFILL =
      new Backfill("lost", T0, T0, T0.plusSeconds(60), T0.plusSeconds(30), 1, Optional.empty());

  private static final OfTable COPYING =
      new OfTable("t", Phase.COPYING, Optional.of(T0), List.of("a", "b"), 4, true, false);
  private static final StreamShard SHARD =
      new StreamShard("t", "a", "s", Set.of("p", "q"), Optional.of("9"), T0);

  /** Written by version 1. If this fails, states that users have saved cannot be read any more. */
  @Test
  void versionOneStaysReadable() throws Fault {
    String golden =
        "010c00010102740001c0b8a09a0daab4de75040261026208010002010274"
            + "026102730402700271010239c0b8a09a0daab4de7502023701c0b8a09a0d"
            + "aab4de75c0b8a09a0daab4de75020002740208030000000302740273040275";
    List<CheckpointEntry> first =
        List.of(
            new OfSync(true),
            COPYING,
            new OfSplit(SHARD, Position.after("7"), Optional.of(T0), T0),
            new OfSplit(new ScanSegment("t", 1, 4), Position.END, Optional.empty(), Instant.EPOCH),
            new SplitForgotten("t", "s"),
            new TableForgotten("u"));
    assertEquals(first, CheckpointCodec.read(HexFormat.of().parseHex(golden)));
  }

  /** The same of version 2. */
  @Test
  void versionTwoStaysReadable() throws Fault {
    String golden =
        "02040102740001c0b8a09a0daab4de750402610262080100020102740261"
            + "02730402700271010239c0b8a09a0daab4de7502023701c0b8a09a0daab4"
            + "de75c0b8a09a0daab4de7501c0b8a09a0daab4de75";
    List<CheckpointEntry> entries =
        List.of(
            COPYING, new OfSplit(SHARD, Position.after("7"), Optional.of(T0), T0, Optional.of(T0)));
    assertEquals(entries, CheckpointCodec.read(HexFormat.of().parseHex(golden)));
  }

  /** What is written now: another form needs another version. */
  /** Tables could not be backfilled. */
  @Test
  void versionThreeIsRead() throws Fault {
    String golden =
        "03060102740001c0b8a09a0daab4de750402610262080100000102650000"
            + "00060100010264020202650264040602023900c0b8a09a0daab4de7500";
    List<CheckpointEntry> entries =
        List.of(
            COPYING,
            new OfTable(
                "e", Phase.COPYING, Optional.empty(), List.of(), 3, true, false, Optional.of("d")),
            new OfSplit(new ExportFile("e", "d", 2, 3), Position.after("9"), Optional.empty(), T0));
    assertEquals(entries, CheckpointCodec.read(HexFormat.of().parseHex(golden)));
  }

  /** It knew no moment up to which the stream was written. */
  @Test
  void versionFourIsRead() throws Fault {
    String golden =
        "04080102740001c0b8a09a0daab4de75040261026208010000000102740401c0"
            + "b8a09a0daab4de7504026102620801000001086c6f7374c0b8a09a0daab4de75"
            + "c0b8a09a0daab4de75b8b9a09a0daab4de7502000102740401c0b8a09a0daab4"
            + "de7504026102620801000001086c6f7374c0b8a09a0daab4de75c0b8a09a0daa"
            + "b4de75b8b9a09a0daab4de750201c0b8a09a0daab4de75c8c6a09a0daab4de75"
            + "0102650802040274040265060802023900c0b8a09a0daab4de7500";
    List<CheckpointEntry> entries =
        List.of(
            COPYING,
            COPYING.backfilling(BACKFILL.withWritten(T0)),
            COPYING.backfilling(
                BACKFILL
                    .withWritten(T0)
                    .withWindow(new Window(T0, T0.plusSeconds(900)).exported("e", 4))),
            new OfSplit(
                new ChangeFile("t", 2, "e", 3, 4), Position.after("9"), Optional.empty(), T0));
    assertEquals(entries, CheckpointCodec.read(HexFormat.of().parseHex(golden)));
  }

  @Test
  void versionFiveIsWritten() throws Fault {
    String golden =
        "05040102740001c0b8a09a0daab4de7504026102620801000000"
            + "0102740401c0b8a09a0daab4de7504026102620801000001086c6f7374c0b8"
            + "a09a0daab4de75c0b8a09a0daab4de75b8b9a09a0daab4de75fcb8a09a0daa"
            + "b4de750200";
    List<CheckpointEntry> entries = List.of(COPYING, COPYING.backfilling(BACKFILL));
    assertEquals(golden, HexFormat.of().formatHex(CheckpointCodec.write(entries)));
    assertEquals(entries, CheckpointCodec.read(HexFormat.of().parseHex(golden)));
  }

  @Test
  void schemasAndChangesComeBack() throws Fault {
    TableSchema schema =
        new TableSchema(
            "orders",
            new KeyAttribute("h", KeyAttribute.Type.S),
            Optional.of(new KeyAttribute("r", KeyAttribute.Type.N)),
            List.of(
                new TableSchema.SecondaryIndex(
                    "i", true, new KeyAttribute("b", KeyAttribute.Type.B), Optional.empty()),
                new TableSchema.SecondaryIndex(
                    "j",
                    false,
                    List.of(
                        new KeyAttribute("h", KeyAttribute.Type.S),
                        new KeyAttribute("i", KeyAttribute.Type.S)),
                    List.of(
                        new KeyAttribute("b", KeyAttribute.Type.B),
                        new KeyAttribute("c", KeyAttribute.Type.N)),
                    new TableSchema.Projection(
                        TableSchema.Projection.Kind.INCLUDE, List.of("x", "y")))),
            Long.MAX_VALUE,
            -1);
    assertEquals(schema, again(ModelCodec::schema, ModelCodec::schema, schema));
    Slice inTheMiddle = new Slice(new byte[] {9, 1, 2, 3, 9}, 1, 3);
    Change upsert = new Change.Upsert(new ItemKey(Slice.utf8("k")), inTheMiddle);
    assertEquals(upsert, again(ModelCodec::change, ModelCodec::change, upsert));
    Change delete = new Change.Delete(new ItemKey(Slice.utf8("k")));
    assertEquals(delete, again(ModelCodec::change, ModelCodec::change, delete));
  }

  @ParameterizedTest
  @EnumSource
  void writeModesComeBack(WriteMode mode) throws Fault {
    assertEquals(mode, again(ModelCodec::mode, ModelCodec::mode, mode));
  }

  @Test
  void faultsComeBackAsWhatTheyAre() throws Fault {
    Rejected item = new Rejected("t", "k", "why", "{}");
    for (Fault fault :
        List.of(
            new Fault.Throttled("m", null),
            new Fault.Transient("m", null),
            new Fault.Unknown("m", null),
            new Fault.Gap("m", Optional.of(T0), Optional.empty(), null),
            new Fault.SplitGone("m", Answer.NOT_FOUND, T0, null),
            new Fault.SplitGone("m", Answer.TRIMMED, T0, null),
            new Fault.StreamGone("m", T0, null),
            new Fault.Poison(item),
            new Fault.TableFailed("m", null),
            new Fault.TableGone("m", null),
            new Fault.NoBackfill("m", null),
            new Fault.Fatal("m"))) {
      Fault back = again(FaultCodec::fault, FaultCodec::fault, fault);
      assertEquals(fault.getClass(), back.getClass());
      assertEquals(fault.getMessage(), back.getMessage());
      if (back instanceof Fault.Gap gap) {
        assertEquals(Optional.of(T0), gap.lostFrom());
      } else if (back instanceof Fault.SplitGone gone) {
        assertEquals(((Fault.SplitGone) fault).answer(), gone.answer());
        assertEquals(T0, gone.serviceTime());
      } else if (back instanceof Fault.StreamGone gone) {
        assertEquals(T0, gone.serviceTime());
      } else if (back instanceof Fault.Poison poison) {
        assertEquals(item, poison.item());
      }
    }
  }

  @Test
  void aNewerVersionIsRefused() {
    byte[] bytes = CheckpointCodec.write(everything());
    bytes[0] = 9;
    Fault fault = assertThrows(Fault.Fatal.class, () -> CheckpointCodec.read(bytes));
    assertEquals(
        "the saved plan is in format version 9, but this program reads only versions up to 5:"
            + " a newer version of nimo-shake wrote it, or it is damaged",
        fault.getMessage());
  }

  @Test
  void whatIsCutOffIsRefused() {
    byte[] bytes = CheckpointCodec.write(everything());
    for (int length = 0; length < bytes.length; length++) {
      byte[] part = Arrays.copyOf(bytes, length);
      Fault fault = assertThrows(Fault.Fatal.class, () -> CheckpointCodec.read(part));
      assertTrue(
          fault.getMessage().startsWith("the saved plan cannot be read because it is damaged: "));
    }
    byte[] more = Arrays.copyOf(bytes, bytes.length + 1);
    Fault fault = assertThrows(Fault.Fatal.class, () -> CheckpointCodec.read(more));
    assertTrue(fault.getMessage().endsWith("1 bytes follow its end"));
  }

  @Test
  void garbageIsRefusedOrReadButNothingElse() {
    Random random = new Random(1);
    byte[] whole = CheckpointCodec.write(everything());
    for (int i = 0; i < 20_000; i++) {
      byte[] garbage;
      if (i % 2 == 0) {
        garbage = new byte[random.nextInt(64)];
        random.nextBytes(garbage);
      } else {
        garbage = whole.clone();
        garbage[random.nextInt(garbage.length)] = (byte) random.nextInt();
      }
      try {
        CheckpointCodec.read(garbage);
      } catch (Fault.Fatal refused) {
        assertTrue(refused.getMessage().startsWith("the saved plan "));
      }
    }
  }
}
