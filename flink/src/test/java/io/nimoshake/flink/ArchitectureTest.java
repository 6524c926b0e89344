package io.nimoshake.flink;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rule of docs/architecture.md about what this module may use. */
class ArchitectureTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.nimoshake.flink");

  @Test
  void usesFlinkAndNothingOfTheProgram() {
    classes()
        .that()
        .resideInAPackage("io.nimoshake.flink..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.slf4j..",
            // Parses the JSON of the property groups.
            "org.bson..",
            "org.apache.flink..",
            "io.nimoshake.flink..",
            "io.nimoshake.core..",
            "io.nimoshake.dynamodb..",
            "io.nimoshake.mongodb..",
            "io.nimoshake.setup..")
        .check(OURS);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.nimoshake.flink.(**)").should().beFreeOfCycles().check(OURS);
  }
}
