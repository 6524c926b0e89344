package io.nimoshake.dynamodb.export;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Split.ChangeFile;
import io.nimoshake.core.model.Split.ExportFile;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.client.DynamoClients;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.s3.S3Client;

/** The exports that the user gave. Reads each manifest once. Thread-safe. */
public final class Exports {
  private final ExportSettings settings;
  private final DynamoClients clients;
  private final ExportRequests requests;
  private final Optional<ExportMaker> maker;

  private final ReadOnce<TableExport> read =
      new ReadOnce<>(location -> TableExport.read(store(location)));

  /** Incremental exports. */
  private final ReadOnce<TableExport> readChanges = new ReadOnce<>(this::readChanges);

  /** Guarded by this. */
  private Optional<S3Client> s3 = Optional.empty();

  /**
   * Reads nothing yet.
   *
   * @param clients makes the client of S3 when it is needed, and closes it
   */
  public Exports(ExportSettings settings, DynamoClients clients) {
    this.settings = settings;
    this.clients = clients;
    this.requests = new ExportRequests(clients.tables());
    this.maker =
        settings
            .making()
            .map(making -> new ExportMaker(requests, this, making, InstantSource.system()));
  }

  /** Whether there are none, and none are made. Then tables are copied by Scan. */
  public boolean isEmpty() {
    return settings.manifests().isEmpty() && settings.arns().isEmpty() && maker.isEmpty();
  }

  /**
   * The schemas by which tables are copied without any call to their service, by table; empty if
   * the service describes them.
   */
  public Map<String, TableSchema> schemas() {
    return settings.schemas();
  }

  /**
   * The tables of which the user gave an export.
   *
   * @throws Fault.TableFailed if a manifest cannot be read, so that nobody knows its table
   */
  public List<String> tables() throws Fault {
    List<String> tables = new ArrayList<>(settings.arns().keySet());
    for (String location : settings.manifests()) {
      tables.add(at(location).table());
    }
    return tables;
  }

  /**
   * Exports that the user gave and nobody needs, for people: perhaps a name is wrong.
   *
   * @param copied the tables that are copied
   */
  public List<String> unused(Collection<String> copied) throws Fault {
    List<String> unused = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    Set<String> found = new HashSet<>(settings.arns().keySet());
    for (Map.Entry<String, String> arn : settings.arns().entrySet()) {
      if (!copied.contains(arn.getKey())) {
        unused.add(unused(arn.getValue(), arn.getKey()));
      }
    }
    for (String location : settings.manifests()) {
      try {
        String table = at(location).table();
        found.add(table);
        if (!copied.contains(table)) {
          unused.add(unused(location, table));
        }
      } catch (Fault.TableFailed | Fault.Unknown e) {
        unreadable.add("nobody knows of which table an export is: " + e.getMessage());
      }
    }
    // Else a table without an export says it.
    if (found.containsAll(copied)) {
      unused.addAll(unreadable);
    }
    return unused;
  }

  private static String unused(String export, String table) {
    return "the export " + export + " is not used: this sync copies no table " + table;
  }

  /** Makes exports for tables that have none; empty if that is not wanted. */
  public Optional<ExportMaker> maker() {
    return maker;
  }

  /**
   * The export that the user gave for a table; empty if one is made.
   *
   * @throws Fault.Transient while it is not COMPLETED
   * @throws Fault.TableFailed if there is none, and none can be made
   */
  public Optional<TableExport> given(String table) throws Fault {
    String arn = settings.arns().get(table);
    if (arn != null) {
      return Optional.of(ofArn(table, arn));
    }
    return settings.manifests().isEmpty() && settings.making().isPresent()
        ? Optional.empty()
        : Optional.of(of(table));
  }

  /**
   * Checks that a table has an export that can be copied, or will have. Does not wait for it: an
   * export may take hours.
   *
   * @throws Fault.TableFailed if there is none, and none can be made
   */
  public void require(String table) throws Fault {
    String arn = settings.arns().get(table);
    if (arn == null || !(requests.describe(table, arn) instanceof ExportStatus.InProgress)) {
      given(table);
    }
  }

  private TableExport ofArn(String table, String arn) throws Fault {
    ExportStatus status = requests.describe(table, arn);
    if (status instanceof ExportStatus.Completed completed) {
      return at(completed.location());
    } else if (status instanceof ExportStatus.Failed failed) {
      throw new Fault.TableFailed(failed.describe(table), null);
    }
    throw new Fault.Transient(
        "waiting for the export " + arn + " of table " + table + " to be COMPLETED", null);
  }

  /**
   * The export of a table. An export that cannot be read matters only if no other one is of this
   * table.
   *
   * @throws Fault.TableFailed if there is none, or more than one
   */
  public TableExport of(String table) throws Fault {
    Optional<TableExport> found = Optional.empty();
    Optional<Fault> unreadable = Optional.empty();
    for (String location : settings.manifests()) {
      TableExport export;
      try {
        export = at(location);
      } catch (Fault.TableFailed | Fault.Unknown e) {
        unreadable = Optional.of(e);
        continue;
      }
      if (export.table().equals(table)) {
        if (found.isPresent()) {
          throw new Fault.TableFailed(
              "table "
                  + table
                  + " has two exports: "
                  + found.get().store().location()
                  + " and "
                  + location,
              null);
        }
        found = Optional.of(export);
      }
    }
    if (found.isPresent()) {
      return found.get();
    } else if (unreadable.isPresent()) {
      throw unreadable.get();
    }
    throw new Fault.TableFailed("no export of table " + table + " is given", null);
  }

  /**
   * The export of a file.
   *
   * @throws Fault.TableFailed if the export in its place is not the one from which the copy began
   */
  public TableExport of(ExportFile file) throws Fault {
    TableExport export = at(TableExport.location(file.export()));
    export.requireFile(file);
    return export;
  }

  /**
   * The incremental export of a file.
   *
   * @throws Fault.NoBackfill if it is not there any more, or is not the one that was applied so far
   */
  public TableExport of(ChangeFile file) throws Fault {
    TableExport export = changesAt(TableExport.location(file.export()));
    try {
      export.requireFile(file);
    } catch (Fault.TableFailed e) {
      throw new Fault.NoBackfill(e.getMessage(), e);
    }
    return export;
  }

  /** The incremental export with its manifests in this place. */
  TableExport changesAt(String location) throws Fault {
    return readChanges.at(location);
  }

  private TableExport readChanges(String location) throws Fault {
    try {
      return TableExport.readChanges(store(location));
    } catch (Fault.TableFailed e) {
      throw new Fault.NoBackfill(e.getMessage(), e);
    }
  }

  /** The export with its manifests in this place. */
  TableExport at(String location) throws Fault {
    return read.at(location);
  }

  private ExportStore store(String location) throws Fault {
    if (!location.startsWith(S3Export.SCHEME)) {
      return new LocalExport(Path.of(location));
    }
    return S3Export.at(location, s3());
  }

  private synchronized S3Client s3() throws Fault {
    if (s3.isEmpty()) {
      s3 = Optional.of(clients.s3(settings.endpoint(), settings.pathStyle()));
    }
    return s3.get();
  }
}
