package io.nimoshake.setup.checkpoint;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.mongodb.checkpoint.CheckpointDocuments;
import io.nimoshake.mongodb.checkpoint.CheckpointRecords;
import io.nimoshake.mongodb.checkpoint.GoCheckpoint;
import io.nimoshake.mongodb.checkpoint.GoShard;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bson.BSONException;
import org.bson.Document;
import org.bson.json.JsonParseException;

/**
 * A checkpoint of the Go tool in a directory. Each table has a file of its name, with a line of
 * JSON for each shard. The file {@code status_table} holds the state of the sync.
 */
final class GoFiles {
  private static final String STATUS_FILE = CheckpointRecords.STATUS_TABLE;

  /** The file names of this program end like this, whatever the id. */
  private static final List<String> OURS =
      List.of(".checkpoint.json", ".lease.json", ".notes.json", ".lock", ".new");

  private static final List<String> FIELDS =
      List.of(
          "ShardId",
          "FatherId",
          "SequenceNumber",
          "Status",
          "WorkerId",
          "IteratorType",
          "ShardIt",
          "UpdateDate",
          "ApproximateTime");

  private final Path directory;

  GoFiles(Path directory) {
    this.directory = directory;
  }

  Optional<GoCheckpoint> read() throws IOException, Fault {
    Path status = directory.resolve(STATUS_FILE);
    boolean copied = false;
    boolean hasStatus = Files.exists(status);
    if (hasStatus) {
      String text = Files.readString(status);
      copied = GoCheckpoint.COPIED.equals(json(status, text).getString(GoCheckpoint.STATUS_VALUE));
    }
    Map<String, List<GoShard>> tables = new TreeMap<>();
    tables(hasStatus).forEach((file, shards) -> tables.put(file.getFileName().toString(), shards));
    return hasStatus || !tables.isEmpty()
        ? Optional.of(new GoCheckpoint(copied, tables))
        : Optional.empty();
  }

  /**
   * The shards of each file of a table.
   *
   * @param hasStatus whether there is a status file. Without one this is perhaps no directory of
   *     the Go tool, so files that name no shard are left out.
   */
  private Map<Path, List<GoShard>> tables(boolean hasStatus) throws IOException, Fault {
    Map<Path, List<GoShard>> tables = new TreeMap<>();
    for (Path file : tableFiles()) {
      try {
        List<GoShard> shards = shards(file);
        if (hasStatus || !shards.isEmpty()) {
          tables.put(file, shards);
        }
      } catch (Fault.Fatal e) {
        if (hasStatus) {
          throw e;
        }
      }
    }
    return tables;
  }

  /**
   * Moves the files to another directory, because they do not count any more. A file that names no
   * shard stays: it may be one of the user.
   */
  void moveTo(Path other) throws IOException, Fault {
    Files.createDirectories(other);
    List<Path> files = new ArrayList<>();
    tables(Files.exists(directory.resolve(STATUS_FILE)))
        .forEach(
            (file, shards) -> {
              if (!shards.isEmpty()) {
                files.add(file);
              }
            });
    files.add(directory.resolve(STATUS_FILE));
    for (Path file : files) {
      if (Files.exists(file)) {
        Files.move(file, other.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Writes a checkpoint in the format of the Go tool. */
  void write(List<CheckpointEntry> entries) throws IOException {
    Map<String, StringBuilder> tables = new LinkedHashMap<>();
    boolean copied = false;
    for (CheckpointEntry entry : entries) {
      Document document = CheckpointDocuments.toDocument(entry);
      if (entry instanceof CheckpointEntry.OfSplit split
          && split.split() instanceof Split.StreamShard shard) {
        Document line = new Document();
        FIELDS.forEach(field -> line.append(field, document.getString(field)));
        tables
            .computeIfAbsent(shard.table(), name -> new StringBuilder())
            .append(line.toJson())
            .append('\n');
      } else if (entry instanceof CheckpointEntry.OfSync sync) {
        copied = sync.copied();
      }
    }
    for (Path old : tableFiles()) {
      Files.delete(old);
    }
    for (Map.Entry<String, StringBuilder> table : tables.entrySet()) {
      Files.writeString(directory.resolve(table.getKey()), table.getValue());
    }
    Document status =
        new Document("Key", CheckpointDocuments.STATUS_KEY)
            .append(GoCheckpoint.STATUS_VALUE, copied ? GoCheckpoint.COPIED : GoCheckpoint.COPYING);
    Files.writeString(directory.resolve(STATUS_FILE), status.toJson());
  }

  private List<Path> tableFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().equals(STATUS_FILE))
          .filter(file -> OURS.stream().noneMatch(file.getFileName().toString()::endsWith))
          .sorted()
          .toList();
    }
  }

  private static List<GoShard> shards(Path file) throws IOException, Fault {
    List<GoShard> shards = new ArrayList<>();
    for (String line : lines(file)) {
      if (!line.isBlank()) {
        Document shard = json(file, line);
        if (!shard.containsKey("ShardId")) {
          throw notOfTheGoTool(file, null);
        }
        shards.add(GoShard.of(shard));
      }
    }
    return shards;
  }

  private static List<String> lines(Path file) throws IOException, Fault {
    try {
      return Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw notOfTheGoTool(file, e);
    }
  }

  private static Document json(Path file, String text) throws Fault {
    try {
      return Document.parse(text);
    } catch (JsonParseException | BSONException e) {
      throw notOfTheGoTool(file, e);
    }
  }

  private static Fault.Fatal notOfTheGoTool(Path file, Exception e) {
    return new Fault.Fatal(
        file
            + " is not a checkpoint file of the Go tool: move it elsewhere, or choose another"
            + " checkpoint.address to copy everything again",
        e);
  }
}
