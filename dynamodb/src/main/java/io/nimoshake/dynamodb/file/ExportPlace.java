package io.nimoshake.dynamodb.file;

import io.nimoshake.core.fault.Fault;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Where the export of a table is: {@code root/table/AWSDynamoDB/id}. While the copy runs, its files
 * are in the directory {@code unfinished} there, so that nobody takes them for data.
 *
 * @param root {@code target.directory}
 * @param id the milliseconds of the time when the copy began, and a random number
 */
record ExportPlace(Path root, String table, String id) {
  private static final String EXPORTS = "AWSDynamoDB";
  private static final Pattern ID = Pattern.compile("(\\d{14})-[0-9a-f]{8}");
  private static final DateTimeFormatter SUFFIX =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** A place for an export of this time. */
  static ExportPlace of(Path root, String table, Instant time) {
    int random = ThreadLocalRandom.current().nextInt();
    return new ExportPlace(root, table, String.format("%014d-%08x", time.toEpochMilli(), random));
  }

  /** The exports of a table that there are, finished or not. */
  static List<ExportPlace> find(Path root, String table) throws IOException {
    try (var exports = Files.list(root.resolve(table).resolve(EXPORTS))) {
      return exports
          .filter(Files::isDirectory)
          .map(export -> new ExportPlace(root, table, export.getFileName().toString()))
          .sorted((a, b) -> a.id.compareTo(b.id))
          .toList();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
  }

  Path directory() {
    return root.resolve(key());
  }

  /** The directory below the root, as keys in a bucket have it. */
  String key() {
    return String.join("/", table, EXPORTS, id);
  }

  Path unfinished() {
    return directory().resolve("unfinished");
  }

  Path data() {
    return directory().resolve("data");
  }

  Path summary() {
    return directory().resolve(Manifests.SUMMARY + Manifests.JSON);
  }

  /** When the copy began. */
  Instant time() {
    var parts = ID.matcher(id);
    return parts.matches() ? Instant.ofEpochMilli(Long.parseLong(parts.group(1))) : Instant.EPOCH;
  }

  boolean isFinished() {
    return Files.exists(summary());
  }

  /** Whether this program made it and has written no page yet. */
  boolean isUntouched() throws IOException {
    return ID.matcher(id).matches()
        && !isFinished()
        && (!Files.exists(unfinished()) || SplitFiles.splits(unfinished()).isEmpty());
  }

  /** Makes the directories. Does nothing if they are there. */
  void create() throws IOException {
    Files.createDirectories(unfinished());
    Path started = directory().resolve("_started");
    if (!Files.exists(started)) {
      DurableFiles.replace(started, new byte[0]);
    }
    for (Path made = directory(); !made.equals(root); made = made.getParent()) {
      DurableFiles.forceDirectory(made);
    }
    DurableFiles.forceDirectory(root);
  }

  /** Deletes the export. Its manifest goes first: what is left is no export. */
  void delete() throws IOException, Fault {
    Files.deleteIfExists(summary());
    for (Path part : List.of(data(), unfinished())) {
      deleteFiles(part);
      Files.deleteIfExists(part);
    }
    deleteFiles(directory());
    try {
      Files.delete(directory());
    } catch (DirectoryNotEmptyException e) {
      throw new Fault.TableFailed(
          directory() + " has directories that do not belong to an export: move them away", e);
    }
  }

  private static void deleteFiles(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    List<Path> files = new ArrayList<>();
    try (var listed = Files.list(directory)) {
      listed.filter(Files::isRegularFile).forEach(files::add);
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }

  void deleteUnfinished() throws IOException {
    deleteFiles(unfinished());
    Files.deleteIfExists(unfinished());
  }

  /** Renames the directory of the table, with all exports in it. */
  static void rename(Path root, String table, Instant time) throws IOException {
    DurableFiles.move(root.resolve(table), root.resolve(table + "." + SUFFIX.format(time)));
    DurableFiles.forceDirectory(root);
  }

  /** The only export of a table. */
  static Optional<ExportPlace> only(List<ExportPlace> found) {
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }
}
