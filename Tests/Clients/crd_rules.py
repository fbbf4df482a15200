"""Evaluates CEL rules of a CRD: reads a file with [{"rule": …, "self": …}], prints a line for each: true, false or error."""

import json
import sys

import celpy

with open(sys.argv[1], encoding="utf-8") as file:
    cases = json.load(file)
environment = celpy.Environment()
for case in cases:
    try:
        program = environment.program(environment.compile(case["rule"]))
        value = program.evaluate({"self": celpy.json_to_cel(case["self"])})
        print("true" if value is True or value == celpy.celtypes.BoolType(True) else "false")
    except (celpy.CELParseError, celpy.CELEvalError) as error:
        print("error: " + " ".join(str(error).split()))
