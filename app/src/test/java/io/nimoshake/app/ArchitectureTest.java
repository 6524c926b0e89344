package io.nimoshake.app;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The rules of docs/architecture.md about modules and packages. Those of {@code core} and of {@code
 * flink} are tested in these modules.
 */
class ArchitectureTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.nimoshake");

  private static final List<String> JDK =
      List.of("java..", "javax.net..", "javax.crypto..", "javax.security.sasl..", "org.slf4j..");

  @Test
  void dynamodbUsesNothingOfOtherAdapters() {
    moduleUses(
        "io.nimoshake.dynamodb..",
        "io.nimoshake.core..",
        "software.amazon.awssdk..",
        "com.fasterxml.jackson.core..",
        "org.bson..");
  }

  @Test
  void mongodbUsesNothingOfOtherAdapters() {
    moduleUses("io.nimoshake.mongodb..", "io.nimoshake.core..", "com.mongodb..", "org.bson..");
  }

  @Test
  void setupUsesNothingOfTheProgram() {
    moduleUses(
        "io.nimoshake.setup..",
        "io.nimoshake.core..",
        "io.nimoshake.dynamodb..",
        "io.nimoshake.mongodb..",
        "io.nimoshake.mapping..",
        "io.nimoshake.plugin..",
        "software.amazon.awssdk..",
        "com.mongodb..",
        "org.bson..");
  }

  @Test
  void nothingUsesTheProgram() {
    noClasses()
        .that(not(resideInAPackage("io.nimoshake.app..")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.nimoshake.app..")
        .check(OURS);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.nimoshake.(**)").should().beFreeOfCycles().check(OURS);
  }

  @Test
  void noPackageIsNamedTarget() {
    noClasses().should().resideInAPackage("..target..").check(OURS);
  }

  private static void moduleUses(String module, String... others) {
    List<String> allowed = new ArrayList<>(JDK);
    allowed.add(module);
    allowed.addAll(List.of(others));
    classes()
        .that()
        .resideInAPackage(module)
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(allowed.toArray(String[]::new)))
        .check(OURS);
  }
}
