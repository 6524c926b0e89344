package io.nimoshake.setup.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.engine.SyncOptions.Mode;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.mapping.yaml.MappingReader;
import io.nimoshake.plugin.MappingPlugin;
import io.nimoshake.plugin.Table;
import io.nimoshake.plugin.TableMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
  private static final String ADDRESS = "target.address = mongodb://10.1.1.1:27017";

  @TempDir Path dir;

  @Test
  void readsTheFormOfTheGoTool() throws Exception {
    Configuration configuration =
        load(
            "\uFEFF# a comment",
            "",
            "  id =  orders-copy",
            "sync_mode=full",
            "log.file =",
            "target.db.exist = rename",
            "filter.collection.white = c1;;table.2 ; table-3",
            "full.read.concurrency = 7",
            "source.session.timeout = 0",
            "increase.ttl_delete = skip",
            ADDRESS + "/?x=a=b#c");

    assertEquals("orders-copy", configuration.get(GeneralKeys.ID));
    assertEquals(Mode.FULL, configuration.get(GeneralKeys.SYNC_MODE));
    assertEquals(Optional.empty(), configuration.find(OperationKeys.LOG_FILE));
    assertEquals(Existing.RENAME, configuration.get(TargetKeys.EXISTING));
    assertEquals(OptionalInt.of(7), configuration.get(SyncKeys.SEGMENTS));
    assertEquals(Duration.ZERO, configuration.get(SourceKeys.TIMEOUT));
    assertEquals("mongodb://10.1.1.1:27017/?x=a=b#c", configuration.get(TargetKeys.ADDRESS));
    assertEquals(4, configuration.get(SyncKeys.TABLES_AT_A_TIME));
    assertFalse(configuration.get(SyncKeys.TTL_DELETES));
  }

  @Test
  void readsListsOfTables() throws Exception {
    Configuration configuration = load("filter.collection.black = c01;;table.2 ; t-3;t-3", ADDRESS);
    assertEquals("[c01, table.2, t-3]", configuration.get(GeneralKeys.BLACK_LIST).toString());
  }

  @Test
  void everyDefaultIsAValueOfItsKey() throws Exception {
    Configuration configuration = load(ADDRESS);
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      if (!key.byDefault().isEmpty()) {
        assertTrue(configuration.find(key).isPresent(), key.name());
      }
    }
  }

  @Test
  void aTargetThatSpeaksDynamoHasDefaultsOfItsOwn() throws Exception {
    Configuration configuration =
        load(
            "target.type = aliyun_dynamo_proxy",
            "target.address = http://10.1.1.1:8000",
            "target.access_key_id = AKIA",
            "target.secret_access_key = topsecret",
            "target.mongodb.type = sharding",
            "incr_sync_parallel = true",
            "convert.type = mchange");
    assertEquals(Choices.CheckpointType.FILE, configuration.get(TargetKeys.CHECKPOINT_TYPE));
    String shown = String.join("\n", configuration.effective());
    assertTrue(shown.contains("checkpoint.type = file"), shown);
    assertFalse(shown.contains("topsecret"), shown);
    assertEquals(
        List.of(GeneralKeys.STREAM_DURING_COPY, TargetKeys.SHARDED, TargetKeys.CONVERSION),
        configuration.withoutEffect());
    assertFalse(configuration.otherThanInGo().contains(TargetKeys.CHECKPOINT_TYPE));
  }

  @Test
  void dynamoDbItselfNeedsNoAddress() throws Exception {
    Configuration configuration =
        load(
            "source.region = eu-west-1",
            "target.type = dynamodb",
            "target.region = eu-central-1",
            "convert.type = same");
    assertEquals("eu-central-1", configuration.get(TargetKeys.REGION));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "target.db.exist = rename | DynamoDB cannot rename tables",
        "checkpoint.type = mongodb | checkpoint.address must be set too",
        "target.access_key_id = AKIA | target.secret_access_key must be set too",
        "target.role_external_id = x1 | target.role_arn must be set too",
        "target.role_session_name = x1 | target.role_arn must be set too",
        "target.role_arn = reader | must be an ARN such as"
            + " arn:aws:iam::123456789012:role/nimo-shake",
        "source.endpoint_url = http://10.1.1.1:8000/ | the target is the source",
      })
  void refusesWithATargetThatSpeaksDynamo(String line, String message) throws Exception {
    ConfigurationException refused =
        assertThrows(
            ConfigurationException.class,
            () -> load("target.type = dynamodb", "target.address = http://10.1.1.1:8000", line));
    assertEquals(1, refused.problems().size(), refused.problems()::toString);
    assertTrue(refused.problems().get(0).contains(message), refused.problems()::toString);
  }

  @Test
  void filesNeedADirectoryAndNothingElse() throws Exception {
    Configuration configuration =
        load(
            "target.type = file",
            "target.directory = /exports",
            "sync_mode = full",
            "target.address = http://10.1.1.1:8000",
            "target.mongodb.type = sharding");
    assertEquals(Choices.CheckpointType.FILE, configuration.get(TargetKeys.CHECKPOINT_TYPE));
    assertEquals(128L << 20, configuration.get(TargetKeys.FILE_SIZE));
    assertEquals(List.of(TargetKeys.ADDRESS, TargetKeys.SHARDED), configuration.withoutEffect());
    assertEquals(
        List.of(TargetKeys.FILE_SIZE), load(ADDRESS, "target.file_size = 1m").withoutEffect());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "target.directory = | target.directory must be set too",
        "sync_mode = all | sync_mode: must be full",
        "sync_schema_only = true | sync_schema_only: cannot be true",
        "checkpoint.type = mongodb | checkpoint.type: must be file",
        "target.table = new-${name} | target.table: cannot be set",
        "mapping.plugin = com.example.Mapper | mapping.plugin: cannot be set",
      })
  void refusesWithFiles(String line, String message) throws Exception {
    List<String> lines = new ArrayList<>(List.of("target.type = file", line));
    for (String other : List.of("sync_mode = full", "target.directory = /exports")) {
      if (!line.startsWith(other.split(" ")[0])) {
        lines.add(other);
      }
    }
    ConfigurationException refused =
        assertThrows(ConfigurationException.class, () -> load(lines.toArray(String[]::new)));
    assertTrue(
        refused.problems().stream().anyMatch(problem -> problem.contains(message)),
        refused.problems()::toString);
  }

  @Test
  void anAddressMustBeOfTheTargetsKind() throws Exception {
    ConfigurationException refused =
        assertThrows(
            ConfigurationException.class, () -> load("target.type = aliyun_dynamo_proxy", ADDRESS));
    assertTrue(
        refused
            .problems()
            .get(0)
            .contains(":2: target.address = mongodb://10.1.1.1:27017: must be a URL such as"),
        refused.problems()::toString);
  }

  @Test
  void theSourceIsKnownInAnotherSpelling() {
    ConfigurationException refused =
        assertThrows(
            ConfigurationException.class,
            () ->
                load(
                    "source.endpoint_url = http://Localhost:8000",
                    "target.type = dynamodb",
                    "target.address = http://localhost:8000"));
    assertTrue(
        refused.problems().get(0).contains("the target is the source"),
        refused.problems()::toString);
  }

  @Test
  void theSameEndpointWithAnotherRoleIsAnotherPlace() throws Exception {
    load(
        "source.region = eu-west-1",
        "target.type = dynamodb",
        "target.region = eu-west-1",
        "target.role_arn = arn:aws:iam::123456789012:role/writer");
  }

  @Test
  void theSameEndpointWithOtherCredentialsIsAnotherPlace() throws Exception {
    Configuration configuration =
        load(
            "source.endpoint_url = http://10.1.1.1:8000",
            "source.access_key_id = a",
            "source.secret_access_key = s",
            "target.type = dynamodb",
            "target.address = http://10.1.1.1:8000",
            "target.access_key_id = b",
            "target.secret_access_key = s");
    assertEquals(ConvertType.SAME, configuration.get(TargetKeys.CONVERSION), "by default");
  }

  @Test
  void commandLineGoesBeforeEnvironmentAndThatBeforeFile() throws Exception {
    Path file = file("id = a1", "sync_mode = full", "qps.full = 1", ADDRESS);
    Configuration configuration =
        Configuration.load(
            Optional.of(file),
            Map.of(
                "NIMO_SHAKE_ID", "a2",
                "NIMO_SHAKE_SYNC_MODE", "incr",
                "NIMO_SHAKE_CONVERT__ID", "x",
                "NIMO_SHAKE_SERVICE_HOST", "set by a cluster"),
            List.of("id=a3", "qps.full="));

    assertEquals("a3", configuration.get(GeneralKeys.ID));
    assertEquals(Mode.INCR, configuration.get(GeneralKeys.SYNC_MODE));
    assertEquals("x", configuration.get(TargetKeys.ID_PREFIX));
    assertEquals(1000, configuration.get(SourceKeys.QPS_FULL));
  }

  @Test
  void listsEveryProblemInTheOrderOfTheFile() throws Exception {
    Path file =
        file(
            "sync_mod = all",
            "qps.full = lots",
            "nonsense",
            "id = a",
            "id = b",
            "full.document.write.batch = 0");

    assertProblems(
        file,
        "F:1: there is no key sync_mod; did you mean sync_mode?",
        "F:2: qps.full = lots: must be a whole number from 1 to 1000000",
        "F:3: must be key = value, or a comment that begins with #",
        "F:5: id is already set in line 4: set it once",
        "F:6: full.document.write.batch = 0: must be a whole number from 1 to 100000",
        "target.address: is missing: must be a connection string that begins with mongodb:// or"
            + " mongodb+srv://, in the file or in NIMO_SHAKE_TARGET_ADDRESS");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "sync_mode = some | must be one of all, full, incr",
        "id = a/b | must be a name of 1 to 48 letters",
        "retry.gone = 999ms | must be a time of at least 1s with its unit",
        "table.discovery.interval = 60 | must be a time with its unit: 500ms, 30s, 5m, 2h",
        "table.discovery.interval = 0s | must be longer than 0",
        "memory.budget = 1k | must be a size of at least 8m",
        "memory.budget = 99999999999999g | must be a size of at least 8m",
        "source.endpoint_url = localhost:8000 | must be a URL such as",
        "source.region = Frankfurt! | must be an AWS region",
        "filter.collection.white = a b c | 'a b c' is not a table name",
        "filter.collection.white = ; | must name a table; leave the key out for all tables",
        "filter.collection.black = ; ; | must name a table",
        "dead_letter.file = a\0b | must be a path that is possible here: Nul character",
        "pid_path = a\0b | must be a path that is possible here",
        "log.file = a\0b | must be a path that is possible here",
        "target.directory = a\0b | must be a path that is possible here",
        "full.read.concurrency = 0 | must be auto or a whole number from 1 to 8192",
        "incr_sync_parallel = yes | must be one of true, false",
        "increase.executor.upsert = false | must be true",
        "target.type = mysql | must be one of mongodb, aliyun_dynamo_proxy, dynamodb",
        "convert.type = rwa | must be one of change, mchange, raw",
        "convert.type = same | for DynamoDB-compatible targets and files only",
        "qps.full.read_capacity = 50% | not supported yet: must be a whole number",
        "http.address = 0.0.0.0 | other machines can reach this address, so http.token must be set"
            + " too",
        "source.access_key_id = AKIA | source.secret_access_key must be set too",
        "source.secret_access_key = abcd | source.access_key_id must be set too",
        "checkpoint.address = checkpoint | as checkpoint.type is mongodb",
        "checkpoint.db = Nimo-Shake | is the database of the target",
        "full.read.filter_expression = a > :x | uses :x, but",
        "full.read.filter_attributevalues = x```N```1 | full.read.filter_expression must be set"
            + " too",
        "full.read.filter_attributevalues = x,N,1 | must be name```type```value",
        "full.read.filter_expression = status = b | status as a name, but that is a reserved word",
        "full.read.filter_expression = #s = b | uses #s, but full.read.filter_names has no name",
        "full.read.filter_names = #s = status | full.read.filter_expression must be set too",
        "full.read.filter_names = #s, #t = b | must be #name = attribute, separated by commas",
        "full.read.filter_names = #s = a, s = b | has #s twice",
        "full.read.filter_attributevalues = x```N```1E126 | a value of :x that is not of type N",
        "full.source = export | export.manifest, export.arn or export.bucket must be set too",
        "on_gap = backfill | export.bucket must be set too",
        "full.source = s3 | must be one of scan, export, auto",
        "export.manifest = /exports/a | full.source must be export, too",
        "filter.stream = maybe | must be one of true, false",
        "full.read.filter_attributevalues = x```N```abc | a value of :x that is not of type N",
        "full.read.filter_attributevalues = x```X```abc | types are N, S, B and BOOL",
        "full.read.filter_attributevalues = x```B```*** | that is not of type B",
        "full.read.filter_attributevalues = x```S```a~~~:x```S```b | has :x twice",
      })
  void refuses(String line, String expected) throws Exception {
    Path file = file(line, ADDRESS);
    List<String> problems = problems(file, List.of());
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).startsWith(file + ":1: "), problems.get(0));
    assertTrue(problems.get(0).contains(expected), problems.get(0));
  }

  @Test
  void refusesPlacesOfExportsThatAreNone() throws Exception {
    for (String places : List.of(";", "/a;b\0")) {
      Path file = file("full.source = export", "export.manifest = " + places, ADDRESS);
      String problem = problems(file, List.of()).get(0);
      assertTrue(problem.startsWith(file + ":2: export.manifest = " + places + ": "), problem);
    }
  }

  @Test
  void refusesADirectoryOfCheckpointsThatIsNoPath() throws Exception {
    Path file = file("checkpoint.type = file", "checkpoint.address = a\0b", ADDRESS);
    String problem = problems(file, List.of()).get(0);
    assertTrue(problem.contains("must be a path that is possible here: Nul"), problem);
    assertTrue(problem.endsWith(", as checkpoint.type is file"), problem);
  }

  /** The deletes of an export do not say that they are of items that have expired. */
  @Test
  void aBackfillCannotKeepExpiredItems() throws Exception {
    Path file =
        file("on_gap = backfill", "export.bucket = exports", "increase.ttl_delete = skip", ADDRESS);
    List<String> problems = problems(file, List.of());
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).startsWith(file + ":1: on_gap: "), problems.get(0));
    assertTrue(problems.get(0).contains("increase.ttl_delete = skip"), problems.get(0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mongodb://u:it's\"S3CRET@host",
        "mongodb://u:p@host/?proxyHost=h&proxyUsername=x&proxyPassword=S3CRET",
        "mongodb://u:p@host/?authMechanism=MONGODB-AWS"
            + "&authMechanismProperties=AWS_SESSION_TOKEN:S3CRET",
        "mongodb://host/?tlsCertificateKeyFilePassword=S3CRET"
      })
  void neverShowsASecretOfAnAddress(String address) throws Exception {
    Configuration configuration = load("target.address = " + address);
    String shown = String.join("\n", configuration.effective());
    assertFalse(shown.contains("S3CRET"), shown);
    assertTrue(shown.contains("host"), shown);
    assertFalse(configuration.redaction().apply("cannot open " + address).contains("S3CRET"));
    List<String> refused = problems(file(ADDRESS), List.of("target.address=" + address));
    assertTrue(refused.get(0).contains("contains a secret"), refused::toString);
  }

  @Test
  void aMappingFileIsCheckedWithTheConfiguration() throws Exception {
    Path mapping = mapping("tables:", "  orders: {colection: o}");
    assertEquals(
        List.of(mapping + ", line 3, column 12: "),
        problems(file("mapping.file = " + mapping, ADDRESS), List.of()).stream()
            .map(problem -> problem.replaceFirst("(column 12: ).*collection.*", "$1"))
            .toList());
    assertProblems(
        file("mapping.file = no.yaml", ADDRESS),
        "F:1: mapping.file = no.yaml: there is no such file");
  }

  @Test
  void aMappingFileIsTextInUtf8() throws Exception {
    Path file = dir.resolve("latin1.yaml");
    Files.write(file, "version: 1 # \u00FC".getBytes(StandardCharsets.ISO_8859_1));
    assertProblems(
        file("mapping.file = " + file, ADDRESS),
        "F:1: mapping.file = " + file + ": is not a text file in UTF-8");
    assertProblems(
        file("mapping.file = " + dir, ADDRESS),
        "F:1: mapping.file = " + dir + ": cannot be read: Is a directory");
    Files.writeString(file, "\uFEFFversion: 1\r\ntables:\r\n  orders: {collection: o}\r\n");
    assertTrue(load("mapping.file = " + file, ADDRESS).find(TargetKeys.MAPPING_FILE).isPresent());
  }

  @Test
  void aMappingNeedsItsOwnIdsAndPlainValues() throws Exception {
    String mapping = "mapping.file = " + mapping("tables: {orders: {collection: o}}");
    assertProblems(
        file("target.mongodb.id = objectid", "convert.type = raw", mapping, ADDRESS),
        "F:1: target.mongodb.id: cannot be set so together with mapping.file: with a mapping _id"
            + " is made of the key",
        "F:2: convert.type: cannot be set so together with mapping.file: a mapping needs plain"
            + " values, and raw writes {N: \"1\"} for 1");
  }

  /** A worker of a job on another machine does not have the file. */
  @Test
  void theTextOfTheMappingTravelsWithTheConfiguration() throws Exception {
    Path mapping = mapping("tables: {orders: {collection: o}}", "");
    Configuration here = load("mapping.file = " + mapping, ADDRESS);
    Map<String, String> environment = here.asEnvironment();
    Files.delete(mapping);
    Configuration there = Configuration.load(Optional.empty(), environment, List.of());
    MappingFile file = there.get(TargetKeys.MAPPING_FILE);
    assertEquals(here.get(TargetKeys.MAPPING_FILE), file);
    assertEquals(mapping.toString(), file.name());
    assertEquals("version: 1\ntables: {orders: {collection: o}}", file.text());
  }

  /** Nor does it have the jars. */
  @Test
  void theJarsOfAPluginTravelWithTheConfiguration() throws Exception {
    Path plugins = Files.createDirectory(dir.resolve("plugins"));
    Path jar = plugins.resolve("mapper.jar");
    String entry = EmptyPlugin.class.getName().replace('.', '/') + ".class";
    try (InputStream content = EmptyPlugin.class.getClassLoader().getResourceAsStream(entry);
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(entry));
      content.transferTo(out);
    }
    Configuration here =
        load(
            "mapping.plugin = " + EmptyPlugin.class.getName(),
            "mapping.plugin_directory = " + plugins,
            ADDRESS);
    // The jars count as they were when the configuration was read.
    Files.delete(jar);
    String digest = digest(here);
    Map<String, String> environment = here.asEnvironment();
    Configuration there = Configuration.load(Optional.empty(), environment, List.of());
    assertEquals(environment, there.asEnvironment(), "as it may travel on");
    assertEquals(digest, digest(there));
  }

  private static String digest(Configuration configuration) throws Exception {
    return configuration.plugin().orElseThrow().load(ConvertOptions.DEFAULT.names()).digest();
  }

  /** Maps no table. */
  public static final class EmptyPlugin implements MappingPlugin {
    @Override
    public Optional<TableMapper> table(Table table) {
      return Optional.empty();
    }
  }

  /** The messages of a plug-in that cannot be loaded have tests of their own. */
  @Test
  void aPluginIsLoadedWithTheConfiguration() throws Exception {
    Path empty = Files.createDirectory(dir.resolve("empty"));
    assertProblems(
        file("mapping.plugin = com.example.Mapper", "mapping.plugin_directory = " + empty, ADDRESS),
        "mapping.plugin: directory " + empty + " has no jar");
    assertProblems(
        file("mapping.plugin = not a class", ADDRESS),
        "F:1: mapping.plugin = not a class: must be the name of a class, such as"
            + " com.example.Mapper");
    assertProblems(
        file("mapping.plugin_directory = " + empty, ADDRESS),
        "F:1: mapping.plugin_directory: mapping.plugin must be set too");
  }

  @Test
  void tablesGetNamesOfAPattern() throws Exception {
    for (String value : List.of("new-${name}", "\"new-${name}\"")) {
      Configuration configuration = load("target.table = " + value, ADDRESS);
      MappingFile file = MappingFile.of(configuration).orElseThrow();
      assertEquals(
          Optional.of("new-orders"),
          MappingReader.read(file.name(), file.text())
              .of("orders")
              .orElseThrow()
              .of("orders")
              .get(0)
              .collection());
    }
    assertProblems(
        file("target.table = a$b", ADDRESS),
        "F:1: target.table = a$b: the name of a collection cannot have a $, except for ${name}");
    assertProblems(
        file("target.table = a\"b", ADDRESS),
        "F:1: target.table = a\"b: a name cannot have a quote or a backslash");
  }

  @Test
  void aDynamoTargetTakesNamesAndAttributesOnly() throws Exception {
    String target = "target.type = dynamodb";
    load(target, "target.region = eu-west-1", "target.table = new-${name}");
    Path mapping =
        mapping(
            "tables:",
            "  a: {collection: b, attributes: [drop: x, convert: {y: int}], indexes: []}",
            "  c:",
            "    split:",
            "      - when: {x: 1}",
            "        then: ignore",
            "      - otherwise: {collection: d}",
            "  e: {id: {attribute: pk}, indexes: [keys: {x: 1}]}");
    String refused = ": a DynamoDB-compatible target cannot do this: ";
    assertProblems(
        file(target, "target.region = eu-west-1", "mapping.file = " + mapping),
        mapping
            + ", line 3, column 3"
            + refused
            + "'convert' of y makes types that DynamoDB does not have",
        mapping + ", line 4, column 3" + refused + "'split' makes several collections of one table",
        mapping + ", line 9, column 3" + refused + "'id' names the _id of documents",
        mapping
            + ", line 9, column 3"
            + refused
            + "'indexes' are those of collections; a table keeps its secondary indexes");
  }

  @Test
  void thereIsOneMapping() throws Exception {
    assertProblems(
        file("mapping.file = " + mapping("tables: {}"), "target.table = new-${name}", ADDRESS),
        "F:1: mapping.file: cannot be set together with target.table: leave one of them out");
  }

  private Path mapping(String... lines) throws Exception {
    return Files.writeString(
        dir.resolve("mapping.yaml"), "version: 1\n" + String.join("\n", lines) + "\n");
  }

  @Test
  void theWayBackHasNoExportsAndWritesOnlyItems() throws Exception {
    assertProblems(
        file(
            "sync_mode = back",
            "on_gap = backfill",
            "sync_schema_only = true",
            "export.bucket = bucket",
            ADDRESS),
        "F:2: on_gap = backfill: cannot be set together with sync_mode = back, because exports have"
            + " the changes of DynamoDB and not those of MongoDB: must be fail or resync",
        "F:3: sync_schema_only = true: cannot be set together with sync_mode = back, which only"
            + " writes items");
  }

  @Test
  void theWayBackComesFromMongoDb() throws Exception {
    assertProblems(
        file("sync_mode = back", "target.type = aliyun_dynamo_proxy", "target.address = http://h"),
        "F:1: sync_mode = back: reads the change streams of MongoDB, so target.type must be"
            + " mongodb");
  }

  @Test
  void refusesBothLists() throws Exception {
    assertProblems(
        file("filter.collection.white = aaa", "filter.collection.black = bbb", ADDRESS),
        "F:2: filter.collection.black: cannot be set together with filter.collection.white:"
            + " leave one of them out");
  }

  @Test
  void saysThatAFileIsMissingAndNothingElse() {
    Path file = dir.resolve("absent.conf");
    assertEquals(List.of(file + ": there is no such file"), problems(file, List.of()));
  }

  @Test
  void filterValuesAreReadAsTheGoToolWritesThem() throws Exception {
    Configuration configuration =
        load(
            "full.read.filter_expression = t > :begin AND t < :end AND k = :name",
            "full.read.filter_attributevalues ="
                + " begin```N```1646724207280~~~end```N```1646724207283~~~:name```S```a;b",
            ADDRESS);
    assertEquals(
        List.of(
            new FilterValue(":begin", "N", "1646724207280"),
            new FilterValue(":end", "N", "1646724207283"),
            new FilterValue(":name", "S", "a;b")),
        configuration.get(SyncKeys.FILTER_VALUES));
  }

  @Test
  void filterNamesMayHaveAnyCharacters() throws Exception {
    Configuration configuration =
        load(
            "full.read.filter_expression = #s = #t AND #u.#v = a",
            "full.read.filter_names = #s = status, t=is-old ,#u = \"a, b\", #v = with a space = é",
            ADDRESS);
    assertEquals(
        Map.of("#s", "status", "#t", "is-old", "#u", "a, b", "#v", "with a space = é"),
        FilterSettings.of(configuration).orElseThrow().names());
  }

  @Test
  void everyFilterPlaceholderIsGivenAndUsed() throws Exception {
    assertProblems(
        file(
            "full.read.filter_expression = #a = :a AND #b = :b AND c < :d",
            "full.read.filter_names = #b = x, #c = y",
            "full.read.filter_attributevalues = b```N```1~~~c```N```2",
            ADDRESS),
        "F:1: full.read.filter_expression: uses #a, but full.read.filter_names has no name for it",
        "F:1: full.read.filter_expression: uses :a, but full.read.filter_attributevalues has no"
            + " value for it",
        "F:1: full.read.filter_expression: uses :d, but full.read.filter_attributevalues has no"
            + " value for it",
        "F:2: full.read.filter_names: has a name for #c, but full.read.filter_expression does not"
            + " use it",
        "F:3: full.read.filter_attributevalues: has a value for :c, but"
            + " full.read.filter_expression does not use it");
  }

  @Test
  void secretsAreNeitherShownNorTakenFromTheCommandLine() throws Exception {
    Path file =
        file(
            "source.access_key_id = AKIAEXAMPLE",
            "source.secret_access_key = wJalrXUtnFEMI",
            "target.address = mongodb://root:p%40ss/word@h1:1,h2:2/?w=1",
            "source.endpoint_url = http://u:geheim@localhost");
    Configuration configuration = Configuration.load(Optional.of(file), Map.of(), List.of("id=x1"));

    String shown = String.join("\n", configuration.effective());
    for (String secret : List.of("AKIAEXAMPLE", "wJalrXUtnFEMI", "p%40ss", "geheim")) {
      assertFalse(shown.contains(secret), shown);
    }
    assertTrue(shown.contains("target.address = mongodb://root:***@h1:1,h2:2/?w=1"), shown);
    Redaction redaction = configuration.redaction();
    assertEquals(
        "login *** failed for ***, also for *** and http://a:***@b",
        redaction.apply(
            "login p%40ss/word failed for p@ss/word, also for AKIAEXAMPLE and http://a:b@b"));

    List<String> problems =
        problems(
            file,
            List.of("source.session_token=topsecret", "target.address=mongodb://a:topsecret@b"));
    assertEquals(2, problems.size(), problems::toString);
    assertFalse(problems.toString().contains("topsecret"), problems::toString);
  }

  @Test
  void aShortSecretIsNotTakenForAPartOfAWord() throws Exception {
    Path file =
        file(
            "source.access_key_id = test",
            "source.secret_access_key = 1234",
            "http.token = geheimnis",
            ADDRESS);
    Redaction redaction = Configuration.load(Optional.of(file), Map.of(), List.of()).redaction();
    assertEquals(
        "***, '***' and key=*** are masked; the ***. latest test-orders, test_1 and a.test are not",
        redaction.apply(
            "test, '1234' and key=1234 are masked; the test. latest test-orders, test_1 and a.test"
                + " are not"));
    assertEquals(
        "12345, 0.1234 and 2026-1234, but -***-",
        redaction.apply("12345, 0.1234 and 2026-1234, but -1234-"));
    assertEquals("x***y", redaction.apply("xgeheimnisy"));
    assertEquals("test", redaction.applyToTable("test"));
    assertEquals("geheimnis-1", redaction.applyToTable("geheimnis-1"));
    assertEquals("not a name: ***", redaction.applyToTable("not a name: test"));
  }

  @Test
  void aSecretIsNotInAProblem() throws Exception {
    List<String> problems =
        problems(
            file(
                "source.access_key_id = AKIAEXAMPLE",
                "target.address = mysql://root:hunter22@h1",
                "source.endpoint_url = ftp://a:hunter23@h1"),
            List.of());
    assertEquals(3, problems.size(), problems::toString);
    assertFalse(problems.toString().contains("hunter2"), problems::toString);
    assertFalse(problems.toString().contains("AKIAEXAMPLE"), problems::toString);
  }

  @Test
  void tellsWhatIsDifferentFromTheGoTool() throws Exception {
    Configuration configuration = load("convert.type = change", "log.buffer = true", ADDRESS);
    List<String> others = configuration.otherThanInGo().stream().map(ConfigKey::name).toList();
    assertTrue(others.contains("checkpoint.type"), others::toString);
    assertFalse(others.contains("convert.type"), others::toString);
    assertEquals(List.of(OperationKeys.LOG_BUFFER), configuration.withoutEffect());
  }

  private Configuration load(String... lines) throws Exception {
    return Configuration.load(Optional.of(file(lines)), Map.of(), List.of());
  }

  private static List<String> problems(Path file, List<String> overrides) {
    return assertThrows(
            ConfigurationException.class,
            () -> Configuration.load(Optional.of(file), Map.of(), overrides))
        .problems();
  }

  private static void assertProblems(Path file, String... expected) {
    assertEquals(
        Arrays.stream(expected).map(line -> line.replaceFirst("^F:", file + ":")).toList(),
        problems(file, List.of()));
  }

  private Path file(String... lines) throws IOException {
    return Files.write(dir.resolve("t.conf"), List.of(lines));
  }
}
