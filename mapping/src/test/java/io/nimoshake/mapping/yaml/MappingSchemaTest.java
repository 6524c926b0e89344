package io.nimoshake.mapping.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an editor says by docs/mapping.schema.json is what the program says. */
class MappingSchemaTest {
  private static final Path DOCS = Path.of("../docs");

  /** What a schema cannot say, or the program takes as something else. */
  private static final Set<String> BEYOND_A_SCHEMA =
      Set.of(
          "nothing can follow 'otherwise', which matches everything",
          "an attribute keeps its map when it is renamed",
          "is converted by an earlier step",
          "an earlier step",
          "is never reached",
          "nested too deeply",
          "DynamoDB has no such number",
          "is text here",
          "another index has the name",
          "one hashed field at most",
          "no document has",
          "an index with 'expire_after_seconds' has one field",
          "is not a regular expression of RE2",
          "this is not YAML",
          "twice",
          "the file is empty");

  private static JsonSchema schema() throws IOException {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(Files.readString(DOCS.resolve("mapping.schema.json")));
  }

  private static boolean passes(String yaml) throws IOException {
    return schema().validate(yaml, InputFormat.YAML).isEmpty();
  }

  /** Every mapping file in the documentation. */
  static List<String> filesOfTheDocumentation() throws IOException {
    Matcher fences =
        Pattern.compile("```yaml\\n(version: 1\\n.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(DOCS.resolve("mapping.md")));
    List<String> files = new ArrayList<>();
    while (fences.find()) {
      files.add(fences.group(1));
    }
    return files;
  }

  @Test
  void theDocumentationHasExamples() throws IOException {
    assertTrue(filesOfTheDocumentation().size() >= 4);
  }

  @ParameterizedTest
  @MethodSource("filesOfTheDocumentation")
  void bothTakeWhatTheDocumentationShows(String yaml) throws Exception {
    MappingReader.read("docs", yaml);
    assertEquals(Set.of(), schema().validate(yaml, InputFormat.YAML));
  }

  @ParameterizedTest
  @MethodSource("io.nimoshake.mapping.yaml.MappingReaderTest#wrongFiles")
  void bothRefuseWhatIsWrong(String yaml, String problem) throws IOException {
    if (BEYOND_A_SCHEMA.stream().noneMatch(problem::contains)) {
      assertFalse(passes(yaml), yaml);
    }
  }

  @Test
  void theSchemaKnowsEveryWord() throws IOException, MappingException {
    String yaml =
        """
        version: 1
        tables:
          t:
            attributes: [{drop: z}]
            split:
              - when:
                  any: [{a: {lt: 1, le: 1, gt: 0, ge: 0}}, {not: {b: {matches: x, type: map}}}]
                  all: [{c: {exists: true}}, {"d.e": {in: [1, x, null, true]}}]
                collection: "${name}_x"
                id: {attribute: pk, as: uuid}
                indexes: [{keys: {a: hashed}, name: n, unique: true, sparse: false}]
              - when: {a: {equals: 1}}
                then: fail
              - otherwise: ignore
        """;
    MappingReader.read("words", yaml);
    assertEquals(Set.of(), schema().validate(yaml, InputFormat.YAML));
  }
}
