package io.nimoshake.flink.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.WriteMode;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** What goes from one process of a job to another comes there as it was. */
class TravellingTest {
  private static final TablePlace PLACE =
      new TablePlace(
          new TableSchema(
              "t", new KeyAttribute("k", KeyAttribute.Type.B), Optional.empty(), List.of(), 1, 2),
          7,
          true);

  @Test
  void messages() {
    List<Message> all =
        List.of(
            new Message.StartSplits(
                List.of(
                    new AssignedSplit(
                        3,
                        new Split.ScanSegment("t", 1, 2),
                        Position.after("x"),
                        WriteMode.COPY_IF_ABSENT,
                        PLACE,
                        true))),
            new Message.StopTable(1, "t"),
            new Message.DeleteForReal(2, "t"),
            new Message.GiveBack(3),
            new Message.Done(4),
            new Message.Progress(
                5,
                List.of(
                    new Message.Reached(
                        1,
                        Position.END,
                        Optional.of(Instant.EPOCH),
                        Optional.of(Instant.MIN),
                        Optional.empty()),
                    new Message.Reached(
                        2,
                        Position.after("y"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(Instant.MAX)))),
            new Message.GivenBack(6, Position.BEGINNING, Optional.of(Instant.EPOCH)));
    all.forEach(message -> assertEquals(message, new Message.Event(message).message()));
    Message.SplitFailed failed =
        (Message.SplitFailed)
            new Message.Event(new Message.SplitFailed(8, new Fault.TableFailed("gone", null)))
                .message();
    assertEquals(8, failed.assignment());
    assertEquals("gone", failed.fault().getMessage());
    Message.Fatal fatal =
        (Message.Fatal) new Message.Event(new Message.Fatal(new Fault.Fatal("key"))).message();
    assertEquals("key", fatal.fault().getMessage());
  }

  @Test
  void requestsWithoutTheirHandle() throws IOException {
    Change upsert =
        new Change.Upsert(new ItemKey(Slice.utf8("k")), new Slice(new byte[] {1, 2, 3}, 1, 2));
    Change delete = new Change.Delete(new ItemKey(Slice.utf8("l")));
    WriteRequest request =
        new WriteRequest(
            PLACE,
            WriteMode.STREAM_WITH_TOMBSTONES,
            false,
            List.of(upsert, delete),
            Optional.of(new WriteRequest.Handle(() -> false, null)));
    WriteRequestSerializer serializer = new WriteRequestSerializer();
    DataOutputSerializer out = new DataOutputSerializer(16);
    serializer.serialize(request, out);
    DataOutputSerializer copied = new DataOutputSerializer(16);
    serializer.copy(new DataInputDeserializer(out.getCopyOfBuffer()), copied);
    assertEquals(
        new WriteRequest(
            PLACE,
            WriteMode.STREAM_WITH_TOMBSTONES,
            false,
            List.of(upsert, delete),
            Optional.empty()),
        serializer.deserialize(new DataInputDeserializer(copied.getCopyOfBuffer())));
  }

  @Test
  void thePlansState() throws IOException {
    PlanState state = new PlanState(List.of(new CheckpointEntry.OfSync(true)));
    PlanState.Serializer serializer = new PlanState.Serializer();
    assertEquals(state, serializer.deserialize(1, serializer.serialize(state)));
  }
}
