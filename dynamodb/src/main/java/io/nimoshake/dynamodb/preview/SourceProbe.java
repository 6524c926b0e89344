package io.nimoshake.dynamodb.preview;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.client.DynamoClients;
import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.dynamodb.client.Faults;
import io.nimoshake.dynamodb.filter.InvalidFilterException;
import io.nimoshake.dynamodb.preview.Attempt.Outcome;
import io.nimoshake.dynamodb.source.FilterTrial;
import io.nimoshake.dynamodb.source.ReadOptions;
import io.nimoshake.dynamodb.source.Tables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/**
 * Looks at a service and tests, for each table, every permission that a sync needs. Changes
 * nothing: an action that would change something is called with arguments that the service refuses.
 * Throws the faults of calls that may succeed later; the caller repeats the method.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html">
 *     Actions, resources, and condition keys for Amazon DynamoDB</a>
 */
public final class SourceProbe implements AutoCloseable {
  /** Cost at most 50 read capacity units if the items have at most 4 KB. */
  private static final int TRIED_ITEMS = 100;

  private final DynamoClients clients;
  private final Tables tables;
  private final List<Attempt> attempts = new ArrayList<>();

  /**
   * Makes no call yet.
   *
   * @throws Fault.Fatal if no region is configured and the AWS default chain finds none
   */
  public SourceProbe(DynamoSettings settings) throws Fault.Fatal {
    this.clients = new DynamoClients(settings, List.of());
    this.tables = new Tables(clients.tables(), settings.place());
  }

  /** The tests so far, in order. */
  public List<Attempt> attempts() {
    return List.copyOf(attempts);
  }

  /**
   * Names of all tables; empty if listing is not allowed.
   *
   * @throws Fault if the service does not answer or refuses the credentials
   */
  public Optional<List<String>> listTables() throws Fault {
    try {
      List<String> names = tables.list();
      attempts.add(Attempt.allowed("dynamodb:ListTables", Optional.empty()));
      return Optional.of(names);
    } catch (Fault e) {
      if (e.getCause() instanceof AwsServiceException refusal && isDenial(refusal)) {
        attempts.add(
            new Attempt(
                "dynamodb:ListTables",
                Optional.empty(),
                Outcome.DENIED,
                Optional.of(Faults.describe(refusal))));
        return Optional.empty();
      }
      throw e;
    }
  }

  /** A call that tests a permission. */
  private interface Call<T> {
    T run() throws SdkException;
  }

  private <T> Optional<T> attempt(String action, String table, Call<T> call) throws Fault {
    try {
      T answer = call.run();
      attempts.add(Attempt.allowed(action, Optional.of(table)));
      return Optional.of(answer);
    } catch (SdkException e) {
      AwsServiceException refusal = refusal(action, table, e);
      attempts.add(
          new Attempt(
              action,
              Optional.of(table),
              isDenial(refusal) ? Outcome.DENIED : Outcome.FAILED,
              Optional.of(Faults.describe(refusal))));
      return Optional.empty();
    }
  }

  /** The answer of the service, if it is final. */
  private static AwsServiceException refusal(String action, String table, SdkException e)
      throws Fault {
    Fault fault = Faults.ofTable("call " + action + " on table " + table, e);
    if (!fault.isRetryable() && e instanceof AwsServiceException answer) {
      return answer;
    }
    throw fault;
  }

  private static boolean isDenial(AwsServiceException e) {
    return Faults.isDenial(e);
  }

  /**
   * Tries a filter with the first items of a table.
   *
   * @return empty if the items cannot be read; {@link #look} says why
   * @throws InvalidFilterException if the service refuses the filter
   */
  public Optional<FilterTrial> tryFilter(String table, ReadOptions.Filter filter)
      throws InvalidFilterException {
    try {
      return Optional.of(FilterTrial.of(clients.tables(), table, filter, TRIED_ITEMS));
    } catch (Fault e) {
      return Optional.empty();
    }
  }

  /**
   * Looks at a table and tests the permissions for copying and following it.
   *
   * @param scan whether its items are to be read by Scan
   * @param follow whether its stream is to be followed
   * @return empty if the table may not be described
   */
  public Optional<TableFacts> look(String table, boolean scan, boolean follow) throws Fault {
    int before = attempts.size();
    try {
      return facts(table, scan, follow);
    } catch (Fault e) {
      // The tests of this table are made again.
      attempts.subList(before, attempts.size()).clear();
      throw e;
    }
  }

  private Optional<TableFacts> facts(String table, boolean scan, boolean follow) throws Fault {
    Optional<TableDescription> described =
        attempt(
            "dynamodb:DescribeTable",
            table,
            () -> clients.tables().describeTable(r -> r.tableName(table)).table());
    if (scan) {
      attempt(
          "dynamodb:Scan", table, () -> clients.tables().scan(r -> r.tableName(table).limit(1)));
    }
    if (described.isEmpty()) {
      return Optional.empty();
    }
    TableDescription description = described.get();
    boolean open =
        description.streamSpecification() != null
            && Boolean.TRUE.equals(description.streamSpecification().streamEnabled());
    OptionalLong shards = OptionalLong.empty();
    if (follow && open) {
      shards = tryStream(table, description.latestStreamArn());
      if (!description.streamSpecification().streamViewTypeAsString().startsWith("NEW")) {
        tryReadBack(Tables.schema(description));
      }
    } else if (follow) {
      tryUpdateTable(table);
      for (String action : List.of("DescribeStream", "GetShardIterator", "GetRecords")) {
        attempts.add(Attempt.notTried("dynamodb:" + action, table, "the table has no stream yet"));
      }
    }
    TableSchema schema = Tables.schema(description);
    return Optional.of(
        new TableFacts(
            schema,
            description.tableStatusAsString(),
            description.tableArn(),
            Tables.provisionedReads(description),
            Optional.ofNullable(description.latestStreamArn()),
            open
                ? Optional.of(description.streamSpecification().streamViewTypeAsString())
                : Optional.empty(),
            shards));
  }

  /** The table's schema; empty if the table may not be described. */
  public Optional<TableSchema> describe(String table) throws Fault {
    return attempt(
            "dynamodb:DescribeTable",
            table,
            () -> clients.tables().describeTable(r -> r.tableName(table)).table())
        .map(Tables::schema);
  }

  /** Reads an item that need not exist, as the sync does for records without a new image. */
  private void tryReadBack(TableSchema table) throws Fault {
    Map<String, AttributeValue> key = new HashMap<>();
    for (KeyAttribute attribute : table.key()) {
      key.put(
          attribute.name(),
          switch (attribute.type()) {
            case S -> AttributeValue.fromS("nimo-shake");
            case N -> AttributeValue.fromN("0");
            case B -> AttributeValue.fromB(SdkBytes.fromUtf8String("nimo-shake"));
          });
    }
    KeysAndAttributes keys = KeysAndAttributes.builder().keys(List.of(key)).build();
    attempt(
        "dynamodb:BatchGetItem",
        table.name(),
        () -> clients.tables().batchGetItem(r -> r.requestItems(Map.of(table.name(), keys))));
  }

  private OptionalLong tryStream(String table, String arn) throws Fault {
    Optional<DescribeStreamResponse> stream =
        attempt(
            "dynamodb:DescribeStream",
            table,
            () -> clients.streams().describeStream(r -> r.streamArn(arn)));
    List<Shard> shards = stream.map(s -> s.streamDescription().shards()).orElse(List.of());
    if (shards.isEmpty()) {
      String why = "the stream lists no shard";
      attempts.add(Attempt.notTried("dynamodb:GetShardIterator", table, why));
      attempts.add(Attempt.notTried("dynamodb:GetRecords", table, why));
      return OptionalLong.empty();
    }
    Shard newest = shards.get(shards.size() - 1);
    Optional<String> iterator =
        attempt(
            "dynamodb:GetShardIterator",
            table,
            () ->
                clients
                    .streams()
                    .getShardIterator(
                        r ->
                            r.streamArn(arn)
                                .shardId(newest.shardId())
                                .shardIteratorType(ShardIteratorType.LATEST))
                    .shardIterator());
    if (iterator.isPresent()) {
      attempt(
          "dynamodb:GetRecords",
          table,
          () -> clients.streams().getRecords(r -> r.shardIterator(iterator.get()).limit(1)));
    } else {
      attempts.add(
          Attempt.notTried("dynamodb:GetRecords", table, "GetShardIterator gave no iterator"));
    }
    return OptionalLong.of(shards.size());
  }

  /**
   * Calls UpdateTable without any change. The service refuses that as invalid, but checks the
   * permission first.
   */
  private void tryUpdateTable(String table) throws Fault {
    String action = "dynamodb:UpdateTable";
    try {
      clients.tables().updateTable(r -> r.tableName(table));
      attempts.add(Attempt.allowed(action, Optional.of(table)));
    } catch (SdkException e) {
      AwsServiceException refusal = refusal(action, table, e);
      boolean invalid = Faults.code(refusal).contains("Validation");
      Outcome outcome =
          isDenial(refusal) ? Outcome.DENIED : invalid ? Outcome.ALLOWED : Outcome.FAILED;
      attempts.add(
          new Attempt(
              action,
              Optional.of(table),
              outcome,
              outcome == Outcome.ALLOWED
                  ? Optional.of("tried with a call that asks for no change")
                  : Optional.of(Faults.describe(refusal))));
    }
  }

  @Override
  public void close() {
    clients.close();
  }
}
