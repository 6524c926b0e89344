package io.nimoshake.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.app.log.Logging;
import io.nimoshake.app.preview.ItemText;
import io.nimoshake.app.preview.MappingText;
import io.nimoshake.app.preview.MappingTrial;
import io.nimoshake.app.preview.MappingTrial.Outcome;
import io.nimoshake.app.program.ExitCode;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.dynamodb.source.ItemLookup;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.config.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code map}: shows what becomes of single items. */
@Command(
    name = "map",
    description = {
      "Shows what the mapping makes of single items. Writes nothing.",
      "",
      "Prints the rule that matches, the collection, the _id and the document, or why the item is",
      "ignored or rejected. Items and keys are DynamoDB JSON. With --item and --key-schema it needs",
      "no connection.",
      "",
      "Exit codes: 0 each item has an outcome, 1 an item is rejected or does not exist, 2 wrong",
      "command line or configuration, 3 the source does not answer."
    },
    sortOptions = false)
final class MapCommand implements Callable<Integer> {
  private static final Pattern ATTRIBUTE = Pattern.compile("([^:,]+)(?::([SNB]))?");

  @Spec private CommandSpec spec;

  @Mixin private ConfigurationOptions configuration;

  @Option(
      names = "--table",
      paramLabel = "NAME",
      description = "The table of the source that the items belong to. Required.")
  private String table;

  @Option(
      names = "--item",
      paramLabel = "JSON",
      description =
          "An item, such as '{\"pk\": {\"S\": \"x\"}}', or what aws dynamodb get-item prints. May be"
              + " repeated.")
  private List<String> items = new ArrayList<>();

  @Option(
      names = "--key",
      paramLabel = "JSON",
      description = "The key of an item to read from the source. May be repeated.")
  private List<String> keys = new ArrayList<>();

  @Option(
      names = "--key-schema",
      paramLabel = "KEY",
      description =
          "The key attributes of the table and their types, such as pk:S,sk:N; S may be left out."
              + " Without this option, the source is asked.")
  private String keySchema;

  @Option(names = "--json", description = "Print one line of JSON for each item.")
  private boolean asJson;

  @Mixin private HelpOption help;

  @Override
  public Integer call() throws Exception {
    if (table == null || table.isBlank()) {
      throw usage("give the table of the items with --table");
    }
    if (items.isEmpty() && keys.isEmpty()) {
      throw usage("give an item with --item, or a key with --key");
    }
    Configuration loaded = configuration.load();
    Logging.startQuiet();
    SyncSetup setup = new SyncSetup(loaded);
    Optional<TableSchema> given = Optional.ofNullable(keySchema).map(this::schema);
    if (given.isPresent() && keys.isEmpty()) {
      return show(setup, given.get(), read(given.get()));
    }
    try (DynamoSource source = setup.source(setup.dynamoSettings())) {
      TableSchema schema = given.isPresent() ? given.get() : source.describe(table);
      List<Optional<String>> all = new ArrayList<>(read(schema));
      for (String key : keys) {
        all.add(lookUp(source, schema, key));
      }
      return show(setup, schema, all);
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private TableSchema schema(String text) {
    List<KeyAttribute> key = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Matcher attribute = ATTRIBUTE.matcher(part.strip());
      if (!attribute.matches()) {
        throw usage("--key-schema: " + text + " is not of the form pk:S,sk:N");
      }
      String type = Optional.ofNullable(attribute.group(2)).orElse("S");
      key.add(new KeyAttribute(attribute.group(1), KeyAttribute.Type.valueOf(type)));
    }
    if (key.size() > 2) {
      throw usage("--key-schema: a table has one or two key attributes, not " + key.size());
    }
    return new TableSchema(table, key.get(0), key.stream().skip(1).findFirst(), List.of(), 0, 0);
  }

  private List<Optional<String>> read(TableSchema schema) {
    List<Optional<String>> read = new ArrayList<>();
    for (String item : items) {
      try {
        read.add(Optional.of(ItemText.item(item, schema)));
      } catch (IllegalArgumentException e) {
        throw usage("--item: " + e.getMessage());
      }
    }
    return read;
  }

  private Optional<String> lookUp(DynamoSource source, TableSchema schema, String text)
      throws Fault {
    ItemLookup lookup = source.lookup(schema);
    ItemKey key;
    try {
      key = lookup.keyOf(ItemText.key(text, schema));
    } catch (IllegalArgumentException e) {
      throw usage("--key: " + e.getMessage());
    }
    ItemLookup.Found found = lookup.get(List.of(key), true, false);
    if (!found.unread().isEmpty()) {
      throw new Fault.Throttled("the source did not process the read of " + text, null);
    }
    return Optional.ofNullable(found.items().get(key)).map(Slice::toUtf8);
  }

  private int show(SyncSetup setup, TableSchema schema, List<Optional<String>> all)
      throws JsonProcessingException {
    MappingTrial trial = MappingTrial.of(setup, schema);
    MappingText text = new MappingText(trial, setup.mappingName());
    boolean complete = true;
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).isEmpty()) {
        spec.commandLine()
            .getErr()
            .println("nimo-shake: the source has no item with key " + keys.get(i - items.size()));
        complete = false;
        continue;
      }
      Outcome outcome = trial.of(Slice.utf8(all.get(i).get()));
      complete &= outcome.rejected().isEmpty();
      if (asJson) {
        System.out.println(new ObjectMapper().writeValueAsString(text.tree(outcome)));
      } else {
        if (i > 0) {
          System.out.println();
        }
        text.lines(outcome).forEach(System.out::println);
      }
    }
    return complete ? ExitCode.DONE : ExitCode.FAILED_TABLES;
  }
}
