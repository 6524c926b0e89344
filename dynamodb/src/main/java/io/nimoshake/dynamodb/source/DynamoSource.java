package io.nimoshake.dynamodb.source;

import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.Split.ChangeFile;
import io.nimoshake.core.model.Split.ExportFile;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.dynamodb.client.DynamoClients;
import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.dynamodb.client.Faults;
import io.nimoshake.dynamodb.client.TableIdentity;
import io.nimoshake.dynamodb.convert.DecodingInterceptor;
import io.nimoshake.dynamodb.convert.PageDecoder;
import io.nimoshake.dynamodb.export.ChangeExports;
import io.nimoshake.dynamodb.export.ExportFileReader;
import io.nimoshake.dynamodb.export.ExportMaker;
import io.nimoshake.dynamodb.export.ExportRequests;
import io.nimoshake.dynamodb.export.ExportSettings;
import io.nimoshake.dynamodb.export.Exports;
import io.nimoshake.dynamodb.export.TableExport;
import io.nimoshake.dynamodb.filter.InvalidFilterException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/**
 * Reads the tables and streams of a DynamoDB service. Items are converted straight from the body of
 * a response; the SDK builds no objects for them. Every failure is thrown as a {@link Fault}. The
 * SDK retries a call as often as the settings say; further retries are up to the caller.
 */
public final class DynamoSource implements Source {
  private final DecodingInterceptor decoding = new DecodingInterceptor();
  private final DynamoClients clients;
  private final ReadOptions options;
  private final Function<TableSchema, PageDecoder> decoders;
  private final Exports exports;
  private final ChangeExports changeExports;
  private final Tables tables;
  private final Streams streams;
  private final Map<String, TableSchema> schemas = new ConcurrentHashMap<>();

  /**
   * Makes no call yet.
   *
   * @param decoders makes the decoder for a table's items; called once for every opened split
   * @throws Fault.Fatal if no region is configured and the AWS default chain finds none
   */
  public DynamoSource(
      DynamoSettings settings, ReadOptions options, Function<TableSchema, PageDecoder> decoders)
      throws Fault.Fatal {
    this(settings, options, decoders, ExportSettings.NONE);
  }

  /**
   * Makes no call yet.
   *
   * @param decoders as above
   * @param exports exports from which tables are copied
   * @throws Fault.Fatal as above
   */
  public DynamoSource(
      DynamoSettings settings,
      ReadOptions options,
      Function<TableSchema, PageDecoder> decoders,
      ExportSettings exports)
      throws Fault.Fatal {
    this.clients = new DynamoClients(settings, List.of(decoding));
    this.options = options;
    this.decoders = decoders;
    this.exports = new Exports(exports, clients);
    this.changeExports =
        new ChangeExports(
            new ExportRequests(clients.tables()),
            this.exports,
            exports.changes(),
            exports.goneAfter(),
            InstantSource.system());
    this.tables = new Tables(clients.tables(), settings.place());
    this.streams = new Streams(clients, tables);
  }

  @Override
  public List<String> listTables() throws Fault {
    if (!exports.schemas().isEmpty()) {
      return List.copyOf(exports.schemas().keySet());
    }
    try {
      return tables.list();
    } catch (Fault.Fatal e) {
      // Whoever may only copy exports need not be allowed to list tables.
      if (e.getCause() instanceof AwsServiceException denial && Faults.isDenial(denial)) {
        List<String> exported = exports.tables();
        if (!exported.isEmpty()) {
          return exported;
        }
      }
      throw e;
    }
  }

  @Override
  public TableSchema describe(String table) throws Fault {
    TableSchema schema = exports.schemas().get(table);
    if (schema == null) {
      schema = tables.describe(table);
    }
    schemas.put(table, schema);
    return schema;
  }

  @Override
  public Optional<StreamHandle> ensureStream(String table) throws Fault {
    return streams.ensure(table);
  }

  @Override
  public Optional<StreamHandle> currentStream(String table) throws Fault {
    return streams.current(table);
  }

  /**
   * {@inheritDoc}
   *
   * @throws Fault.Gap if the stream no longer exists
   */
  @Override
  public ShardListing listShards(String table, String streamArn, Optional<String> childrenOf)
      throws Fault {
    return streams.shards(table, streamArn, childrenOf);
  }

  /**
   * Checks that a table has an export that can be copied, if tables are copied from exports.
   *
   * @throws Fault.TableFailed if it has none
   */
  public void requireExport(String table) throws Fault {
    if (!exports.isEmpty()) {
      exports.require(table);
    }
  }

  /**
   * Exports that the user gave and nobody needs, for people.
   *
   * @param copied the tables that are copied
   */
  public List<String> unusedExports(Collection<String> copied) throws Fault {
    return exports.unused(copied);
  }

  @Override
  public Optional<Export> export(TableSchema table, Optional<StreamHandle> stream, boolean again)
      throws Fault {
    if (exports.isEmpty()) {
      return Optional.empty();
    }
    if (!again) {
      Optional<TableExport> given = exports.given(table.name());
      if (given.isPresent()) {
        if (exports.schemas().isEmpty()) {
          given.get().requireTable(identity(table.name()).id());
        }
        if (stream.isPresent()) {
          given.get().requireFollowing(stream.get());
        }
        return given.map(it -> new Export.Ready(it.id(), it.files().size(), it.time()));
      }
    }
    return exports.maker().isPresent()
        ? wish(exports.maker().get(), table, stream)
        : Optional.empty();
  }

  private Optional<Export> wish(
      ExportMaker maker, TableSchema schema, Optional<StreamHandle> stream) throws Fault {
    TableDescription table = tables.answer(schema.name()).table();
    if (!maker.takes(schema, Tables.provisionedReads(table))) {
      return Optional.empty();
    }
    return Optional.of(
        maker.wish(
            schema.name(), TableIdentity.of(table).arn(), stream.map(StreamHandle::serviceTime)));
  }

  @Override
  public Export pursue(TableSchema table, String id) throws Fault {
    if (exports.maker().isEmpty()) {
      throw new Fault.TableFailed(
          "the copy of table "
              + table.name()
              + " waits for an export that was to be requested: set full.source = export and"
              + " export.bucket as before, or copy the table anew",
          null);
    }
    return exports.maker().get().pursue(table.name(), identity(table.name()).arn(), id);
  }

  @Override
  public Optional<ChangeExport> exportChanges(String table, Instant from, Instant to) throws Fault {
    return changeExports.of(table, identity(table).arn(), from, to);
  }

  @Override
  public SplitReader open(Split split, Position from) throws Fault {
    TableSchema known = schemas.get(split.table());
    PageDecoder decoder = decoders.apply(known == null ? describe(split.table()) : known);
    if (split instanceof ScanSegment segment) {
      return new ScanReader(clients.tables(), segment, options, decoder, from);
    }
    if (split instanceof ExportFile file) {
      return ExportFileReader.ofItems(exports.of(file), file, decoder, options.copyFilter(), from);
    }
    if (split instanceof ChangeFile file) {
      return ExportFileReader.ofChanges(
          exports.of(file), file, decoder, options.streamFilter(), from);
    }
    StreamShard shard = (StreamShard) split;
    RecordPages pages = new RecordPages(clients, decoding, shard, options, decoder);
    return new ShardReader(clients.streams(), shard, pages, from);
  }

  /** Identifies a table across services and endpoints. */
  public TableIdentity identity(String table) throws Fault {
    return TableIdentity.of(tables.answer(table).table());
  }

  /**
   * Looks up single items of a table by key. An item that does not pass a filter of streams counts
   * as absent.
   */
  public ItemLookup lookup(TableSchema table) {
    return new ItemLookup(clients.tables(), table, options.streamFilter());
  }

  /**
   * Lets the service check the filter by a Scan of one item of a table; without a filter, does
   * nothing.
   *
   * @throws InvalidFilterException if the service refuses it; the message is the service's reason
   */
  public void tryFilter(String table) throws Fault, InvalidFilterException {
    if (options.filter().isPresent()) {
      FilterTrial.of(clients.tables(), table, options.filter().get(), 1);
    }
  }

  @Override
  public FailedCalls failedCalls() {
    return clients.failedCalls();
  }

  @Override
  public void close() {
    clients.close();
  }
}
