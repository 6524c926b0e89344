package io.nimoshake.dynamodb.file;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.dynamodb.file.SplitFiles.DataFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes each table as files in the layout of a full export of DynamoDB, in a local directory. It
 * takes copies only. The pages of a split go to files of this split, one after the other. The
 * manifests are written when all splits are complete: before that, there is no export.
 */
public final class FileTarget implements Target {
  /** How splits of a copy are named. */
  private static final Pattern SPLIT = Pattern.compile("(segment|file)-\\d+-of-(\\d+)");

  private final FileTargetSettings settings;
  private final Clock clock;
  private final Map<String, TableFiles> prepared = new ConcurrentHashMap<>();

  /** The export of a table, and the files of its splits. */
  private record TableFiles(ExportPlace place, Map<String, SplitFiles> splits) {}

  public FileTarget(FileTargetSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Checks that files can be written. Makes the directory if it is not there.
   *
   * @throws Fault.Fatal if they cannot
   */
  public static void check(FileTargetSettings settings) throws Fault.Fatal {
    try {
      Files.createDirectories(settings.directory());
      Files.delete(Files.createTempFile(settings.directory(), ".nimo-shake", ".try"));
    } catch (IOException e) {
      throw new Fault.Fatal(
          "cannot write into the directory " + settings.directory() + " of the target: " + e, e);
    }
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.ofAppending();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Files cannot be merged: with {@link Existing#KEEP}, a table that has an export already gives
   * {@link Fault.TableFailed}.
   */
  @Override
  public Prepared prepare(TableSchema table, Existing existing) throws Fault {
    String name = table.name();
    try {
      prepared.put(name, new TableFiles(prepared(name, existing), new ConcurrentHashMap<>()));
    } catch (IOException e) {
      throw DurableFiles.fault("prepare the files of table " + name, e);
    }
    return new Prepared(true);
  }

  private ExportPlace prepared(String table, Existing existing) throws IOException, Fault {
    Path root = settings.directory();
    List<ExportPlace> found = ExportPlace.find(root, table);
    Optional<ExportPlace> only = ExportPlace.only(found);
    boolean ready = only.isPresent() && only.get().isUntouched();
    switch (existing) {
      case KEEP -> {
        if (!found.isEmpty() && !ready) {
          throw new Fault.TableFailed(
              found.get(0).directory()
                  + " is an export of table "
                  + table
                  + " already: choose another target.directory, or set target.db.exist",
              null);
        }
      }
      case DROP -> {
        for (ExportPlace old : ready ? List.<ExportPlace>of() : found) {
          old.delete();
        }
      }
      case RENAME -> {
        if (!found.isEmpty() && !ready) {
          ExportPlace.rename(root, table, clock.instant());
        }
      }
      case RESUME -> {
        return only.orElseThrow(
            () ->
                new Fault.TableFailed(
                    root.resolve(table)
                        + (found.isEmpty() ? " has no export" : " has several exports")
                        + ", but by the checkpoint the copy of the table goes on there: restore it,"
                        + " or delete the checkpoint and copy again",
                    null));
      }
      case BESIDE, RESUME_BESIDE ->
          throw new IllegalStateException("files of a copy cannot be replaced by another copy");
    }
    ExportPlace place = ready ? only.get() : ExportPlace.of(root, table, clock.instant());
    place.create();
    return place;
  }

  /** Not supported: files only grow. */
  @Override
  public List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode) {
    throw new IllegalArgumentException("this target takes only pages of a copy");
  }

  @Override
  public List<Rejected> writePage(TableSchema table, Page page) throws Fault {
    TableFiles files = files(table);
    try {
      files
          .splits()
          .computeIfAbsent(page.split().id(), split -> split(files.place(), split))
          .write(page);
      return List.of();
    } catch (IOException e) {
      throw DurableFiles.fault("write the files of table " + table.name(), e);
    }
  }

  private TableFiles files(TableSchema table) {
    TableFiles files = prepared.get(table.name());
    if (files == null) {
      throw new IllegalStateException("table " + table.name() + " is not prepared");
    }
    return files;
  }

  private SplitFiles split(ExportPlace place, String split) {
    return new SplitFiles(place.unfinished(), split, settings.fileBytes());
  }

  @Override
  public void purgeTombstones(TableSchema table) {
    // Files have no tombstones.
  }

  /**
   * Makes an export of the files.
   *
   * @throws Fault.TableFailed if a split does not have all of its items
   */
  @Override
  public void finish(TableSchema table) throws Fault {
    ExportPlace place = files(table).place();
    try {
      if (!place.isFinished()) {
        List<DataFile> complete = complete(place);
        moveToData(place, complete);
        new Manifests(place, complete).write(clock.instant());
      }
      place.deleteUnfinished();
    } catch (IOException e) {
      throw DurableFiles.fault("finish the files of table " + table.name(), e);
    }
  }

  private List<DataFile> complete(ExportPlace place) throws IOException, Fault {
    List<DataFile> complete = new ArrayList<>();
    List<String> splits = SplitFiles.splits(place.unfinished());
    for (String split : splits) {
      Matcher name = SPLIT.matcher(split);
      if (!name.matches() || Integer.parseInt(name.group(2)) != splits.size()) {
        throw new Fault.TableFailed(
            place.unfinished()
                + " has files of "
                + splits.size()
                + " parts of the copy, one of which is "
                + split,
            null);
      }
      complete.addAll(split(place, split).complete());
    }
    if (complete.isEmpty()) {
      throw new Fault.TableFailed(place.unfinished() + " has no file", null);
    }
    return complete;
  }

  /** Moves the files that are not yet there. */
  private static void moveToData(ExportPlace place, List<DataFile> files) throws IOException {
    Files.createDirectories(place.data());
    for (DataFile file : files) {
      Path moved = place.data().resolve(file.name());
      if (!Files.exists(moved)) {
        DurableFiles.move(place.unfinished().resolve(file.name()), moved);
      }
    }
    DurableFiles.forceDirectory(place.data());
    DurableFiles.forceDirectory(place.directory());
  }

  @Override
  public void swapIn(TableSchema table) {
    throw new IllegalStateException("files of a copy cannot be replaced by another copy");
  }

  /** What a table has in the directory, for people; empty if nothing. */
  public static Optional<String> holding(FileTargetSettings settings, String table) throws Fault {
    try {
      List<ExportPlace> found = ExportPlace.find(settings.directory(), table);
      return found.stream()
          .findFirst()
          .map(
              first ->
                  (first.isFinished() ? "the export " : "the unfinished export ") + first.id());
    } catch (IOException e) {
      throw DurableFiles.fault("look for files of table " + table, e);
    }
  }

  @Override
  public void close() {
    // Nothing stays open between two calls.
  }
}
