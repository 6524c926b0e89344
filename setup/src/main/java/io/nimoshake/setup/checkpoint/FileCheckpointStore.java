package io.nimoshake.setup.checkpoint;

import io.nimoshake.core.checkpoint.Checkpoint;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.Lease;
import io.nimoshake.mongodb.checkpoint.CheckpointDocuments;
import io.nimoshake.mongodb.checkpoint.GoCheckpoint;
import io.nimoshake.mongodb.checkpoint.MongoCheckpointStore;
import io.nimoshake.mongodb.checkpoint.SyncStore;
import io.nimoshake.setup.file.LockedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bson.BSONException;
import org.bson.Document;
import org.bson.json.JsonParseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores a checkpoint in a directory ({@code checkpoint.type = file}). {@code <id>.checkpoint.json}
 * holds all entries, {@code <id>.lease.json} says who may write, {@code <id>.notes.json} holds the
 * notes. A new version of a file is completely on the disk before it replaces the old one. So a
 * save is stored entirely or not at all.
 *
 * <p>These files are changed only under a lock on {@code <id>.lock}. So a process whose lease was
 * taken by another one cannot save. This needs a file system whose locks work for all machines that
 * use the directory. Safe for use by several threads.
 */
public final class FileCheckpointStore implements SyncStore {
  private static final Logger LOG = LoggerFactory.getLogger(FileCheckpointStore.class);

  private final Path directory;
  private final Path checkpointFile;
  private final Path leaseFile;
  private final Path notesFile;
  private final Path lockFile;
  private final GoFiles goFiles;

  /** The files of the Go tool are moved here. It finds a checkpoint here if it is used again. */
  private final Path goDirectory;

  /** What the checkpoint file holds, as long as we hold the lease. Guarded by this. */
  private Optional<Checkpoint> state = Optional.empty();

  /** The lines of the last save. Guarded by this. */
  private Map<CheckpointEntry, byte[]> lines = Map.of();

  /** The term of our lease. A fence alone may be used again after a release. Guarded by this. */
  private Optional<Long> heldTerm = Optional.empty();

  /**
   * Opens the store, and creates the directory if it does not exist.
   *
   * @param id names the sync
   * @throws Fault.Fatal if the directory cannot be created
   */
  public FileCheckpointStore(Path directory, String id) throws Fault.Fatal {
    this.directory = directory;
    this.checkpointFile = checkpointFile(directory, id);
    this.leaseFile = directory.resolve(id + ".lease.json");
    this.notesFile = directory.resolve(id + ".notes.json");
    this.lockFile = directory.resolve(id + ".lock");
    this.goFiles = new GoFiles(directory);
    this.goDirectory = directory.resolve(id + ".go-tool");
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new Fault.Fatal("cannot create the checkpoint directory " + directory + ": " + e, e);
    }
  }

  /** Whether a directory has a checkpoint of this id. Creates nothing. */
  public static boolean isThere(Path directory, String id) {
    return Files.isRegularFile(directory.resolve(id + ".lock"));
  }

  /** The checkpoint of the Go tool that a sync of this id would take over. Creates nothing. */
  public static Optional<GoCheckpoint> goCheckpoint(Path directory, String id) throws Fault {
    if (!Files.isDirectory(directory) || Files.exists(checkpointFile(directory, id))) {
      return Optional.empty();
    }
    try {
      return new GoFiles(directory).read();
    } catch (IOException e) {
      throw new Fault.Transient("checkpoint in " + directory + ": " + e, e);
    }
  }

  private static Path checkpointFile(Path directory, String id) {
    return directory.resolve(id + ".checkpoint.json");
  }

  /**
   * {@inheritDoc}
   *
   * @throws Fault.Fatal if a checkpoint of the Go tool must be taken over first, if a newer version
   *     of this program wrote the checkpoint, or if the file is damaged
   */
  @Override
  public synchronized List<CheckpointEntry> load() throws Fault {
    return locked(() -> read().entries());
  }

  @Override
  public synchronized Optional<GoCheckpoint> goCheckpoint() throws Fault {
    return locked(() -> Files.exists(checkpointFile) ? Optional.empty() : goFiles.read());
  }

  /**
   * {@inheritDoc}
   *
   * <p>Our checkpoint counts as soon as its file exists. Then the files of the Go tool are moved to
   * a directory of their own.
   */
  @Override
  public synchronized void takeOver(long fence, List<CheckpointEntry> entries) throws Fault {
    state = Optional.of(new Checkpoint());
    save(fence, entries);
    locked(
        () -> {
          goFiles.moveTo(goDirectory);
          return null;
        });
  }

  @Override
  public synchronized void save(long fence, List<CheckpointEntry> entries) throws Fault {
    locked(
        () -> {
          Document lease = readLease();
          boolean ours =
              holder(lease).filter(holder -> holder.fence() == fence).isPresent()
                  && heldTerm.map(term -> term == termOf(lease)).orElse(true);
          if (!ours) {
            state = Optional.empty();
            throw MongoCheckpointStore.lost();
          }
          if (state.isEmpty()) {
            state = Optional.of(read());
          }
          replace(checkpointFile, toJson(state.get().apply(entries).entries()));
          state.get().removedForgotten();
          heldTerm = Optional.of(termOf(lease));
          return null;
        });
  }

  @Override
  public synchronized Optional<Lease> lease() throws Fault {
    return locked(() -> holder(readLease()));
  }

  @Override
  public synchronized boolean replaceLease(Optional<Lease> expected, Optional<Lease> next)
      throws Fault {
    return locked(
        () -> {
          Document lease = readLease();
          Optional<Long> fence = holder(lease).map(Lease::fence);
          if (!fence.equals(expected.map(Lease::fence))) {
            return false;
          }
          boolean sameTerm = fence.isPresent() && next.map(Lease::fence).equals(fence);
          long term = sameTerm ? termOf(lease) : termOf(lease) + 1;
          Document replaced = new Document("Term", term);
          next.ifPresent(holder -> replaced.append("Holder", CheckpointDocuments.ofLease(holder)));
          replace(leaseFile, utf8(replaced.toJson()));
          if (!sameTerm) {
            heldTerm = Optional.of(term);
            state = Optional.empty();
          }
          return true;
        });
  }

  @Override
  public synchronized Map<String, String> notes() throws Fault {
    return locked(this::readNotes);
  }

  @Override
  public synchronized void note(String name, String text) throws Fault {
    locked(
        () -> {
          Map<String, String> notes = readNotes();
          notes.put(name, text);
          replace(notesFile, utf8(new Document(new TreeMap<String, Object>(notes)).toJson()));
          return null;
        });
  }

  private Map<String, String> readNotes() throws IOException, Fault {
    Map<String, String> notes = new TreeMap<>();
    readJson(notesFile)
        .ifPresent(all -> all.forEach((name, text) -> notes.put(name, String.valueOf(text))));
    return notes;
  }

  /**
   * If a checkpoint of the Go tool was taken over, writes the current one in the format of the Go
   * tool, for a user who wants to go back.
   */
  @Override
  public synchronized void close() {
    if (state.isPresent() && Files.isDirectory(goDirectory)) {
      try {
        new GoFiles(goDirectory).write(state.get().entries());
      } catch (IOException e) {
        LOG.warn(
            "cannot write a checkpoint in the format of the Go tool to {}: {}", goDirectory, e);
      }
    }
  }

  private Checkpoint read() throws IOException, Fault {
    Optional<Document> stored = readJson(checkpointFile);
    if (stored.isEmpty()) {
      if (goFiles.read().isPresent()) {
        throw new Fault.Fatal(
            "the checkpoint in directory "
                + directory
                + " is one of the Go tool; only a sync takes it over");
      }
      return new Checkpoint();
    }
    if (stored.get().getInteger("Format") > CheckpointDocuments.FORMAT) {
      throw new Fault.Fatal("a newer version of nimo-shake wrote " + checkpointFile);
    }
    return new Checkpoint()
        .apply(
            stored.get().getList("Entries", Document.class).stream()
                .map(CheckpointDocuments::toEntry)
                .toList());
  }

  /**
   * Writes one line for each entry, which people and their tools can read. Lines are reused,
   * because only a few of thousands of shards move between two saves.
   */
  private byte[] toJson(List<CheckpointEntry> entries) {
    Map<CheckpointEntry, byte[]> before = lines;
    lines = new IdentityHashMap<>(entries.size());
    ByteArrayOutputStream json = new ByteArrayOutputStream(64 * 1024);
    json.writeBytes(utf8("{\"Format\": " + CheckpointDocuments.FORMAT + ", \"Entries\": ["));
    String separator = "\n";
    for (CheckpointEntry entry : entries) {
      byte[] line = before.get(entry);
      if (line == null) {
        line = utf8(CheckpointDocuments.toDocument(entry).toJson());
      }
      lines.put(entry, line);
      json.writeBytes(utf8(separator));
      json.writeBytes(line);
      separator = ",\n";
    }
    json.writeBytes(utf8("\n]}\n"));
    return json.toByteArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Document readLease() throws IOException, Fault {
    return readJson(leaseFile).orElseGet(() -> new Document("Term", 0L));
  }

  private static Optional<Lease> holder(Document lease) {
    return Optional.ofNullable(lease.get("Holder", Document.class))
        .map(CheckpointDocuments::toLease);
  }

  private static long termOf(Document lease) {
    return CheckpointDocuments.number(lease, "Term");
  }

  private static Optional<Document> readJson(Path file) throws IOException, Fault {
    try {
      return Optional.of(Document.parse(Files.readString(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonParseException | BSONException e) {
      throw new Fault.Fatal(file + " is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * Forces the content to the disk, then renames the file, then forces the new name to the disk.
   */
  private void replace(Path file, byte[] content) throws IOException {
    Path successor = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            successor,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(
        successor, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows cannot open directories, and does not need this
      if (!System.getProperty("os.name").startsWith("Windows")) {
        throw e;
      }
    }
  }

  private interface Locked<T> {
    T run() throws IOException, Fault;
  }

  private <T> T locked(Locked<T> action) throws Fault {
    try (LockedFile held = LockedFile.open(lockFile)) {
      return action.run();
    } catch (IOException e) {
      throw new Fault.Transient("checkpoint in " + directory + ": " + e, e);
    }
  }
}
