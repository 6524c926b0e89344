package io.nimoshake.setup.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfSync;
import io.nimoshake.core.port.Lease;
import io.nimoshake.mongodb.checkpoint.GoCheckpoint;
import io.nimoshake.mongodb.checkpoint.GoShard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCheckpointStoreTest {
  @TempDir Path directory;

  @Test
  void whatACrashLeftHalfWrittenIsNotRead() throws Exception {
    FileCheckpointStore store = held("orders");
    store.save(1, List.of(new OfSync(true)));
    Files.writeString(
        directory.resolve("orders.checkpoint.json.new"),
        "{\"Format\": 1, \"En" + "x".repeat(9_999));
    assertEquals(List.of(new OfSync(true)), store.load());
    store.save(1, List.of(new OfSync(false)));
    assertEquals(List.of(new OfSync(false)), store.load());
    String stored = Files.readString(directory.resolve("orders.checkpoint.json"));
    assertTrue(stored.endsWith("\n]}\n"), "nothing of it is left behind what was written");
  }

  @Test
  void aNoteNeedsNoLeaseAndIsNoEntry() throws Fault {
    FileCheckpointStore other = new FileCheckpointStore(directory, "orders");
    other.note("check:a.b$", "{\"x\": 1}");
    other.note("check:a.b$", "{\"x\": 2}");
    other.note("check:c", "");
    FileCheckpointStore store = held("orders");
    assertEquals(Map.of("check:a.b$", "{\"x\": 2}", "check:c", ""), store.notes());
    assertEquals(List.of(), store.load());
    assertEquals(Map.of(), held("people").notes());
  }

  @Test
  void aNewerFormatIsRefused() throws Exception {
    FileCheckpointStore store = held("orders");
    store.save(1, List.of(new OfSync(true)));
    Path file = directory.resolve("orders.checkpoint.json");
    Files.writeString(file, Files.readString(file).replace("\"Format\": 1", "\"Format\": 2"));
    Fault fault = assertThrows(Fault.Fatal.class, store::load);
    assertTrue(fault.getMessage().contains("newer version"), fault.getMessage());
  }

  @Test
  void syncsOfOneDirectoryDoNotMeet() throws Fault {
    FileCheckpointStore orders = held("orders");
    FileCheckpointStore people = held("people");
    orders.save(1, List.of(new OfSync(true)));
    assertEquals(List.of(), people.load());
  }

  @Test
  void aDamagedFileIsSaidNotTakenForNothing() throws Exception {
    FileCheckpointStore store = held("orders");
    store.save(1, List.of(new OfSync(true)));
    Path file = directory.resolve("orders.checkpoint.json");
    Files.writeString(file, Files.readString(file).substring(0, 20));
    assertThrows(Fault.Fatal.class, store::load);
    Files.writeString(file, "");
    assertThrows(Fault.Fatal.class, store::load);
  }

  @Test
  void whatTheGoToolWroteIsFoundReplacedAndKeptUpForTheWayBack() throws Exception {
    String shard =
        "{\"ShardId\":\"s1\",\"FatherId\":\"\",\"SequenceNumber\":\"7\",\"Status\":\"in"
            + " processing\",\"WorkerId\":\"unknown\",\"IteratorType\":\"AT_SEQUENCE_NUMBER\",\"ShardIt\":\"\",\"UpdateDate\":\"\",\"ApproximateTime\":\"\"}\n";
    Files.writeString(directory.resolve("a.table"), shard + shard.replace("s1", "s2"));
    Files.writeString(
        directory.resolve("status_table"),
        "{\"Key\":\"status_key\",\"StatusValue\":\"incr_sync\"}");
    FileCheckpointStore store = held("orders");
    GoCheckpoint found = store.goCheckpoint().orElseThrow();
    assertTrue(found.copied());
    assertEquals(2, found.tables().get("a.table").size());

    CheckpointEntry.OfSplit split =
        new CheckpointEntry.OfSplit(
            new Split.StreamShard(
                "a.table", "arn", "s1", Set.of("s0"), Optional.empty(), Instant.MIN),
            Position.after("9"),
            Optional.empty(),
            Instant.EPOCH);
    store.takeOver(1, List.of(split, new OfSync(true)));

    assertEquals(Optional.empty(), store.goCheckpoint());
    assertEquals(List.of(split, new OfSync(true)), store.load());
    assertTrue(Files.notExists(directory.resolve("status_table")));
    store.close();
    GoCheckpoint back = new GoFiles(directory.resolve("orders.go-tool")).read().orElseThrow();
    assertTrue(back.copied());
    assertEquals(
        List.of(
            new GoShard(
                "s1",
                "s0",
                "9",
                "in processing",
                "AFTER_SEQUENCE_NUMBER",
                "see sequence number",
                "")),
        back.tables().get("a.table"));
  }

  @Test
  void filesThatTheGoToolDidNotWriteAreLeftAlone() throws Exception {
    Files.writeString(directory.resolve("README"), "not JSON");
    Files.write(directory.resolve("picture"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertEquals(Optional.empty(), held("orders").goCheckpoint());
    Files.writeString(directory.resolve("status_table"), "{\"StatusValue\":\"incr_sync\"}");
    Fault fault = assertThrows(Fault.Fatal.class, () -> held("people").goCheckpoint());
    assertTrue(
        fault.getMessage().contains("README is not a checkpoint file of the Go tool"),
        fault.getMessage());
  }

  @Test
  void anEmptyFileIsNoCheckpointOfTheGoTool() throws Exception {
    Files.writeString(directory.resolve(".gitkeep"), "");
    Files.writeString(directory.resolve("orders.dead-letters.jsonl"), "\n");
    FileCheckpointStore store = held("orders");
    assertEquals(Optional.empty(), store.goCheckpoint());
    assertEquals(List.of(), store.load());
  }

  @Test
  void aTableWithoutAShardIsKeptIfTheGoToolHasBegun() throws Exception {
    Files.writeString(directory.resolve("status_table"), "{\"StatusValue\":\"incr_sync\"}");
    Files.writeString(directory.resolve("orders"), "");
    FileCheckpointStore store = held("orders");
    GoCheckpoint found = store.goCheckpoint().orElseThrow();
    assertEquals(Map.of("orders", List.of()), found.tables());
  }

  @Test
  void onlyFilesOfTheGoToolAreMovedAway() throws Exception {
    Files.writeString(directory.resolve("README"), "not JSON");
    Files.writeString(directory.resolve("empty"), "");
    Files.writeString(directory.resolve("a.table"), "{\"ShardId\":\"s1\"}\n");
    FileCheckpointStore store = held("orders");
    store.takeOver(1, List.of(new OfSync(true)));
    store.close();
    assertEquals("not JSON", Files.readString(directory.resolve("README")));
    assertTrue(Files.exists(directory.resolve("empty")));
    assertTrue(Files.notExists(directory.resolve("a.table")));
  }

  @Test
  void aSyncBegunByTheGoToolIsSaid() throws Exception {
    Files.writeString(directory.resolve("status_table"), "{}");
    Fault fault = assertThrows(Fault.Fatal.class, () -> held("orders").load());
    assertTrue(fault.getMessage().contains("Go tool"), fault.getMessage());
  }

  @Test
  void aDirectoryThatCannotBeMadeIsSaid() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    Fault fault =
        assertThrows(
            Fault.Fatal.class, () -> new FileCheckpointStore(file.resolve("below"), "orders"));
    assertTrue(fault.getMessage().contains("cannot create"), fault.getMessage());
  }

  private FileCheckpointStore held(String id) throws Fault {
    FileCheckpointStore store = new FileCheckpointStore(directory, id);
    Instant now = Instant.parse("2026-11-23T01:02:03Z");
    store.replaceLease(
        Optional.empty(), Optional.of(new Lease(1, "host", 1, now, now.plusSeconds(30))));
    return store;
  }
}
