// What Evidence uses of libxml2: the pull reader, its errors, and the line of a node.
#ifndef PULSEGATE_CLIBXML2_SHIM_H
#define PULSEGATE_CLIBXML2_SHIM_H

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlreader.h>

#endif
